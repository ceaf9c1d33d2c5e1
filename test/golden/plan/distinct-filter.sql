-- DISTINCT, FILTER, a condition on keys below the aggregation and one on its result above.
CREATE TABLE src (k VARCHAR, g INT, v DOUBLE) WITH (type = 'random', rows = '5');
WITH d AS (SELECT DISTINCT k, g, v FROM src)
SELECT * FROM (SELECT k, g + 1 AS g1, COUNT(DISTINCT v) AS dv, SUM(v) FILTER (WHERE v > 0.5) AS big FROM d GROUP BY k, g + 1)
WHERE g1 = 3 AND dv > 1;
