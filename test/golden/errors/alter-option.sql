CREATE TABLE t (a INT) WITH (type = 'random');
ALTER TABLE t SET ('rowss' = '1');
INSERT INTO t SELECT 1;
