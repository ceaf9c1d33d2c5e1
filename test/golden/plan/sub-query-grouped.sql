-- Sub-queries in keys and arguments are joined below the aggregation, those of HAVING above it.
CREATE TABLE t (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
CREATE TABLE u (k INT, v INT NOT NULL, s VARCHAR) WITH (type = 'random', rows = '5');
SELECT (SELECT MAX(u.v) FROM u WHERE u.k = t.k) AS m, SUM(CASE WHEN t.s IN (SELECT s FROM u) THEN 1 ELSE 0 END) AS n
FROM t GROUP BY (SELECT MAX(u.v) FROM u WHERE u.k = t.k) HAVING COUNT(*) > (SELECT MIN(v) FROM u);
