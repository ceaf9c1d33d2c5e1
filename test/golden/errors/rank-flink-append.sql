CREATE TABLE t (a VARCHAR, b INT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SET sql.compatibility = 'flink';
CREATE TABLE out (a VARCHAR, b INT) WITH (type = 'file', path = 'o.jsonl', format = 'jsonl');
INSERT INTO out SELECT a, b FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY a ORDER BY b DESC) AS rn FROM t) WHERE rn <= 3;
