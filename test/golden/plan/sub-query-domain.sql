-- An inequality below an aggregate: computed for each pair of values that t has, found again with its NULLs.
CREATE TABLE t (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
CREATE TABLE u (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
SELECT k, (SELECT COUNT(*) FROM u WHERE u.k = t.k AND u.v < t.v) AS below FROM t;
