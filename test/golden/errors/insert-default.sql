CREATE TABLE t (a INT, b INT NOT NULL) WITH (type = 'blackhole');
INSERT INTO t (b, a) VALUES (DEFAULT, 1);
