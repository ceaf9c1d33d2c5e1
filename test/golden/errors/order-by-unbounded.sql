CREATE TABLE s (a VARCHAR, b INT) WITH (type = 'random');
SELECT a FROM s ORDER BY b;
