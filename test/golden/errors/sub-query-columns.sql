CREATE TABLE t (a INT, b VARCHAR, c BOOLEAN) WITH (type = 'random');
SELECT a FROM t WHERE a IN (SELECT a, b FROM t);
