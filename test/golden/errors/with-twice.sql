CREATE TABLE t (a INT, b VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random', rows = '9');
WITH c AS (SELECT a FROM t), C AS (SELECT b FROM t) SELECT * FROM c;
