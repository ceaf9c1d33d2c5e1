-- Set operations from the left; the filter goes into all inputs.
CREATE TABLE a (k INT, v INT) WITH (type = 'random', rows = '5');
CREATE TABLE b (k INT, v INT) WITH (type = 'random', rows = '5');
SELECT * FROM (SELECT k FROM a UNION ALL SELECT v FROM a EXCEPT ALL SELECT k FROM b INTERSECT SELECT v FROM b) WHERE k > 3;
