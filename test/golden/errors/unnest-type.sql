CREATE TABLE t (a VARCHAR) WITH (type = 'random');
SELECT * FROM t CROSS JOIN UNNEST(a) AS x (v);
