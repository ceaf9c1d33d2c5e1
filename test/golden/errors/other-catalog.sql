CREATE TABLE t (a INT) WITH (type = 'random');
SELECT a FROM my_catalog.db.t;
