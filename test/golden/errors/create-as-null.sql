CREATE TABLE t WITH (type = 'blackhole') AS SELECT NULL AS a;
SELECT 1;
