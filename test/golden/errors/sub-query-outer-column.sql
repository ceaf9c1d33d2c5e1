CREATE TABLE t (a INT, b VARCHAR) WITH (type = 'random', rows = '9');
SELECT a, (SELECT COUNT(*) FROM t AS u WHERE u.a = t.aa) FROM t;
