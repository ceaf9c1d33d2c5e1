-- The inner query reads a column of the outermost one: the values of t go into the query between them.
CREATE TABLE t (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
CREATE TABLE u (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
CREATE TABLE w (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
SELECT k FROM t WHERE v > (SELECT COUNT(*) FROM u WHERE u.k = t.k AND EXISTS (SELECT 1 FROM w WHERE w.v = u.v AND w.s = t.s));
