CREATE TABLE t (a INT, b VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random', rows = '9');
SELECT x.a FROM (SELECT a, RAND() AS r FROM t) AS x LEFT JOIN t AS y ON x.a = y.a AND EXISTS (SELECT 1 FROM t AS z WHERE z.a < x.r AND z.b = y.b);
