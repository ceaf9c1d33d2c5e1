-- Deduplication into a table with the same key: no old rows are asked for.
CREATE TABLE t (id BIGINT, a VARCHAR, b INT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
CREATE TABLE o (id BIGINT, a VARCHAR, PRIMARY KEY (id)) WITH (type = 'print');
INSERT INTO o SELECT id, a FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY p DESC) AS rn FROM t) WHERE rn = 1;
