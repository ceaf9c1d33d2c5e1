CREATE TABLE t (a INT, b TIMESTAMP) WITH (type = 'blackhole');
INSERT INTO t VALUES (1, 'soon');
