-- An aggregate of an aggregate needs the old rows of the inner one.
CREATE TABLE src (k VARCHAR, v INT) WITH (type = 'random', rows = '10');
SELECT n, COUNT(*) AS keys FROM (SELECT k, COUNT(*) AS n FROM src WHERE k <> 'x' GROUP BY k) WHERE n > 1 GROUP BY n;
