-- A sum may fall: all rows are kept; a range of ranks with a condition besides.
CREATE TABLE t (id BIGINT, a VARCHAR, b INT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY a ORDER BY n DESC) AS rn FROM (SELECT a, id, SUM(b) AS n FROM t GROUP BY a, id)) WHERE rn BETWEEN 2 AND 4 AND MOD(id, 2) = 0;
