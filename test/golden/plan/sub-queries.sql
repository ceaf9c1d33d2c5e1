-- EXISTS and IN as semi joins, NOT IN as anti joins with its NULLs apart, a value as a LEFT JOIN, IN under OR as a mark.
CREATE TABLE t (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
CREATE TABLE u (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
SELECT k, (SELECT MAX(v) FROM u WHERE u.s = t.s) AS m FROM t
WHERE EXISTS (SELECT 1 FROM u WHERE u.k = t.k AND u.v < t.v)
  AND k NOT IN (SELECT k FROM u)
  AND (v IN (SELECT v FROM u WHERE s = 'a') OR s = 'b');
