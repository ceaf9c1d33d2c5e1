CREATE TABLE t (a INT, b VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random', rows = '9');
CREATE VIEW c (x, y) AS SELECT a FROM t;
SELECT * FROM c;
