CREATE TABLE t (a INT, b VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random', rows = '9');
SELECT (SELECT COUNT(*) FROM t WHERE t.a < x.r) FROM (SELECT RAND() AS r FROM t) AS x;
