CREATE TABLE t (a VARCHAR, b INT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SELECT SUM(b) OVER (ORDER BY ts, b) FROM t;
