CREATE TABLE t (a VARCHAR) WITH (type = 'random');
SELECT JSON_TUPLE(a, 'x') FROM t;
