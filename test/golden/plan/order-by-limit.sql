-- ORDER BY and LIMIT over an endless read are TopN over all rows.
CREATE TABLE t (id BIGINT, a VARCHAR, b INT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SELECT a, COUNT(*) AS n FROM t GROUP BY a ORDER BY n DESC LIMIT 5 OFFSET 2;
