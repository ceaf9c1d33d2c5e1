-- In ON of an outer join each sub-query is joined with the side that it reads.
CREATE TABLE t (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
CREATE TABLE u (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
SELECT t.k, u.v FROM t FULL JOIN u ON t.k = u.k AND t.s IN (SELECT s FROM u WHERE v > 1) AND EXISTS (SELECT 1 FROM t AS x WHERE x.v = u.v);
