CREATE TABLE t (tags ARRAY<VARCHAR>) WITH (type = 'file', path = 'x.jsonl', format = 'jsonl');
CREATE TABLE o (a VARCHAR) WITH (type = 'print');
INSERT INTO o SELECT t.tags.first FROM t;
