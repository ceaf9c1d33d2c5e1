CREATE TABLE t (a INT, b VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random', rows = '9');
SELECT a FROM t LIMIT (SELECT 1);
