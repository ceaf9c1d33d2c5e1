-- A window over the rowtime of another window; views and names pass.
CREATE TABLE src (k VARCHAR, v BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
CREATE VIEW minutes (rt, k, total) AS
SELECT TUMBLE_ROWTIME(ts, INTERVAL '1' MINUTE), k, SUM(v) FROM src GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);
SELECT TUMBLE_START(rt, INTERVAL '1' HOUR) AS h, MAX(total) AS peak FROM minutes WHERE k = 'a' AND total > 10 GROUP BY TUMBLE(rt, INTERVAL '1' HOUR);
