CREATE TABLE t (a INT, b VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random', rows = '9');
SELECT (SELECT MAX(a) FROM t), COUNT(*) FROM t GROUP BY (SELECT MAX(a) FROM t) + 1;
