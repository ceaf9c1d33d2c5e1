-- Flink takes the first row by event time back when an earlier one comes, and keeps the last one by itself.
SET sql.compatibility = 'flink';
CREATE TABLE t (id BIGINT, a VARCHAR, b INT, ts TIMESTAMP(3), WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
CREATE TABLE o (id BIGINT, a VARCHAR, PRIMARY KEY (id)) WITH (type = 'print');
INSERT INTO o SELECT id, a FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts) AS rn FROM t) WHERE rn = 1;
INSERT INTO o SELECT id, a FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) AS rn FROM t) WHERE rn = 1;
