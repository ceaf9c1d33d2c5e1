CREATE TABLE s (a VARCHAR, b INT) WITH (type = 'random');
CREATE TABLE d (x VARCHAR, y INT) WITH (type = 'print');
INSERT INTO d SELECT b, a FROM s;
