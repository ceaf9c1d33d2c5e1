CREATE TABLE s (a VARCHAR, b INT) WITH (type = 'random');
CREATE TABLE d (x VARCHAR, y BIGINT, z INT) WITH (type = 'print');
INSERT INTO d SELECT a, b FROM s;
