CREATE TABLE t (a VARCHAR) WITH (type = 'random');
SELECT * FROM t LEFT JOIN LATERAL TABLE(STRING_SPLIT(a, ',')) AS x (v) ON t.a = x.v;
