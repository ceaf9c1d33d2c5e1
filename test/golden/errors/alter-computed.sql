CREATE TABLE t (a INT) WITH (type = 'random');
ALTER TABLE t ADD b AS UPPER(c);
SELECT 1;
