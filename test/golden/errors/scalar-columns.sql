CREATE TABLE t (a INT, b VARCHAR, c BOOLEAN) WITH (type = 'random');
SELECT (SELECT a, b FROM t) FROM t;
