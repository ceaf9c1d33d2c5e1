-- One window under a name; the filter on the partition goes below it; calls that nobody reads are not made.
CREATE TABLE t (id BIGINT, a VARCHAR, b INT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SELECT a, s, l FROM (SELECT a, b, SUM(b) OVER w AS s, COUNT(*) OVER w AS c, LAG(b, 2, 0) OVER w AS l FROM t WINDOW w AS (PARTITION BY a ORDER BY ts ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)) WHERE a <> 'x' AND s > 5;
