-- Nothing is read; what can be computed is.
SELECT 1 + 2 AS three, CASE WHEN 1 > 2 THEN 'a' ELSE 'long' END, INTERVAL '1-2' YEAR TO MONTH AS i, t.*
FROM (VALUES (1, 'x'), (2, NULL)) AS t (id, name) WHERE TRUE AND id BETWEEN 1 AND 1 + 1;
