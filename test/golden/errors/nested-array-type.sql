CREATE TABLE t (tags ARRAY) WITH (type = 'file', path = 'x.jsonl', format = 'jsonl');
