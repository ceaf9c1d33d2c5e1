CREATE TABLE t (b) WITH (type = 'blackhole') AS SELECT 1 AS a;
SELECT 1;
