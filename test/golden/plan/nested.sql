-- Parts of nested columns are read where they are needed; equal parts are one computation and constants are folded.
CREATE TABLE src (id INT, tags ARRAY<VARCHAR>, pos ROW<x INT, `when` ROW<y BIGINT>>, attr MAP<VARCHAR, INT>, unused ARRAY<INT>)
  WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
CREATE TABLE dst (tag VARCHAR, y BIGINT, n BIGINT) WITH (type = 'print');
INSERT INTO dst SELECT tags[1], pos.`when`.y, COUNT(*) FROM src
  WHERE attr['k'] > 3 AND tags <> ARRAY['a', UPPER('b')] AND (id, pos.x) IN ((1, 2), (3, 4))
  GROUP BY tags[1], POS.`WHEN`.Y;
