-- All inputs compare with the same value: it becomes a column of the set operation, no domain is needed.
CREATE TABLE t (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
CREATE TABLE u (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
SELECT k, (SELECT COUNT(*) FROM (SELECT v FROM u WHERE u.k = t.k EXCEPT SELECT v FROM u WHERE u.s = 'a' AND t.k = u.k)) AS n FROM t;
