CREATE TABLE t (pos ROW<lat DOUBLE, lon DOUBLE>) WITH (type = 'file', path = 'x.jsonl', format = 'jsonl');
CREATE TABLE o (a DOUBLE) WITH (type = 'print');
INSERT INTO o SELECT pos.lom FROM t;
