CREATE TABLE t (a INT, b VARCHAR, c BOOLEAN) WITH (type = 'random');
SELECT l.a FROM (SELECT * FROM t) l JOIN (SELECT * FROM t) r ON l.a < r.a;
