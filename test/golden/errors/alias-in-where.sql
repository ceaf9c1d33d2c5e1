CREATE TABLE t (a VARCHAR, b INT) WITH (type = 'random');
SELECT b * 2 AS doubled FROM t WHERE doubled > 4;
