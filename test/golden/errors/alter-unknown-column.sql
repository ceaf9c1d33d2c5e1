CREATE TABLE t (amount INT) WITH (type = 'random');
ALTER TABLE t MODIFY amuont BIGINT;
SELECT 1;
