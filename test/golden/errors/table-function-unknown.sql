CREATE TABLE t (a VARCHAR) WITH (type = 'random');
SELECT * FROM t, LATERAL TABLE(SPLIT_STRING(a, ',')) AS x (v);
