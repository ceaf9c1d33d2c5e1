CREATE TABLE t (a VARCHAR, b INT) WITH (type = 'random');
SELECT a, b, COUNT(*) FROM t GROUP BY a;
