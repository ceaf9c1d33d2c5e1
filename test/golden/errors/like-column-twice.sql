CREATE TABLE a (b INT) WITH (type = 'random', rows = '1');
CREATE TABLE t (b VARCHAR) LIKE a;
SELECT 1;
