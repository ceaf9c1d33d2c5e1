-- The last rank is a column.
CREATE TABLE t (id BIGINT, a VARCHAR, b INT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SELECT a, b, rn FROM (SELECT a, b, id, ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) AS rn FROM t) WHERE rn <= id;
