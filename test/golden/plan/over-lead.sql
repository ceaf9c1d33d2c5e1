-- LEAD waits in an operator of its own.
CREATE TABLE t (id BIGINT, a VARCHAR, b INT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SELECT id, LEAD(b) OVER (PARTITION BY a ORDER BY p) AS next, ROW_NUMBER() OVER (PARTITION BY a ORDER BY p) AS n FROM t;
