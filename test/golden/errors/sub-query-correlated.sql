CREATE TABLE t (a INT, b VARCHAR, c BOOLEAN) WITH (type = 'random');
SELECT a FROM t WHERE a > (SELECT COUNT(*) FROM t AS u WHERE u.b < t.b);
