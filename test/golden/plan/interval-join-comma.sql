-- The bounds stand in WHERE, as two comparisons, by processing time.
CREATE TABLE a (k VARCHAR, v INT, p AS PROCTIME()) WITH (type = 'random');
CREATE TABLE b (k VARCHAR, v INT, p AS PROCTIME()) WITH (type = 'random');

SELECT a.k, a.v, b.v FROM a, b
WHERE a.k = b.k AND a.p > b.p - INTERVAL '10' SECOND AND a.p + INTERVAL '1' SECOND <= b.p AND a.v > 3;
