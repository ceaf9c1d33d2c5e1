CREATE TABLE t (a VARCHAR) WITH (type = 'random');
SELECT * FROM t, LATERAL TABLE(STRING_SPLIT(a, ',')) AS x (v, w);
