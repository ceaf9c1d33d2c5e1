-- An updating query into a sink that only appends: no -U is made, a warning tells (D5).
CREATE TABLE src (k VARCHAR, v INT) WITH (type = 'random', rows = '10');
CREATE TABLE dst (k VARCHAR, n BIGINT, v INT) WITH (type = 'file', path = 'out.jsonl', format = 'jsonl');
INSERT INTO dst SELECT k, COUNT(*), SUM(v) FROM src GROUP BY k;
