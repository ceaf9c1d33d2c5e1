CREATE TABLE t (a BOOLEAN, ts TIMESTAMP) WITH (type = 'random');
SELECT a * ts FROM t;
