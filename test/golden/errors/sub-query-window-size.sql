CREATE TABLE t (a INT, b VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random', rows = '9');
SELECT COUNT(*) FROM t GROUP BY TUMBLE(ts, (SELECT MAX(a) FROM t));
