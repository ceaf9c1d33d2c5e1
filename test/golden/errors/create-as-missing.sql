CREATE TABLE t (b) WITH (type = 'blackhole') AS SELECT 1 AS a, 2 AS b;
SELECT 1;
