-- The first row by event time waits for the watermark.
CREATE TABLE t (id BIGINT, a VARCHAR, b INT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SELECT id, a, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts ASC) AS rn FROM t) WHERE rn < 2;
