CREATE TABLE t (a INT, b VARCHAR, c BOOLEAN) WITH (type = 'random');
SELECT * FROM t l JOIN (SELECT b FROM t) r USING (a);
