CREATE TABLE t (a INT, b VARCHAR, c BOOLEAN) WITH (type = 'random');
SELECT a FROM t l JOIN t r ON l.a = r.a;
