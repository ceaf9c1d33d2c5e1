CREATE TABLE t (a VARCHAR) WITH (type = 'random');
SELECT t.a FROM t JOIN t AS u ON t.a = u.a;
