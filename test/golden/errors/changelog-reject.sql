CREATE TABLE s (a VARCHAR, b INT) WITH (type = 'random');
CREATE TABLE d (a VARCHAR, n BIGINT) WITH (type = 'file', path = 'o.jsonl', format = 'jsonl', changelog = 'reject');
INSERT INTO d SELECT a, COUNT(*) FROM s GROUP BY a;
