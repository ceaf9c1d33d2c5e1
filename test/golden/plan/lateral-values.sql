-- Columns to rows: computed for the rows as they come, without state.
CREATE TABLE t (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
CREATE TABLE u (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
SELECT t.k, x.name, x.n FROM t CROSS JOIN LATERAL (SELECT * FROM (VALUES ('v', t.v), ('k', t.k)) AS y (name, n) WHERE n > 1) AS x;
