-- Deduplication by processing time: the first row of each key; nothing is updated.
CREATE TABLE t (id BIGINT, a VARCHAR, b INT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SELECT id, a FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY PROCTIME()) AS rn FROM t) WHERE rn = 1;
