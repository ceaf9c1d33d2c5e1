CREATE TABLE t (tags ARRAY<VARCHAR>, ids ARRAY<INT>) WITH (type = 'file', path = 'x.jsonl', format = 'jsonl');
CREATE TABLE o (a VARCHAR) WITH (type = 'print');
INSERT INTO o SELECT tags[1] FROM t WHERE tags = ids;
