-- One view, three INSERTs: other columns, a filter above what another reads whole, an aggregate on top; a join with itself.
CREATE TABLE src (k VARCHAR, v BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000))
WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
CREATE TABLE a (k VARCHAR, n BIGINT) WITH (type = 'print');
CREATE TABLE b (k VARCHAR, total BIGINT) WITH (type = 'print');
CREATE TABLE c (days BIGINT) WITH (type = 'print');
CREATE VIEW per_minute AS
SELECT k, TUMBLE_START(ts, INTERVAL '1' MINUTE) AS w, COUNT(*) AS n, SUM(v) AS total
FROM src GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);
CREATE VIEW per_key AS SELECT k, SUM(n) AS n, MAX(total) AS most FROM per_minute GROUP BY k;
INSERT INTO a SELECT k, n FROM per_minute;
INSERT INTO b SELECT k, total FROM per_minute WHERE k = 'a' AND n > 1;
INSERT INTO a SELECT x.k, y.n FROM per_key AS x JOIN per_key AS y ON x.most = y.most;
INSERT INTO c SELECT COUNT(DISTINCT w) FROM per_minute;
