-- The filter drops what the LEFT JOIN fills up: it is an inner join. The FULL JOIN keeps its own condition.
CREATE TABLE a (k INT, v INT) WITH (type = 'random', rows = '5');
CREATE TABLE b (k INT, w INT) WITH (type = 'random', rows = '5');
SELECT x.k, x.n, y.w FROM (SELECT a.k, COUNT(*) AS n FROM a LEFT JOIN b ON a.k = b.k AND a.v > 1 WHERE b.w > 2 GROUP BY a.k) x
FULL JOIN (SELECT k + 1 AS k1, w FROM b) y ON x.k = y.k1 AND x.n < 10;
