-- SESSION over the key, with a window by processing time beside it.
CREATE TABLE src (k VARCHAR, v BIGINT, p AS PROCTIME(), ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
CREATE TABLE out (k VARCHAR, s TIMESTAMP, n BIGINT) WITH (type = 'print');
INSERT INTO out SELECT k, SESSION_START(ts, INTERVAL '30' SECOND), COUNT(*) FROM src GROUP BY k, SESSION(ts, INTERVAL '30' SECOND);
INSERT INTO out SELECT k, TUMBLE_PROCTIME(p, INTERVAL '1' MINUTE), COUNT(DISTINCT v) FROM src GROUP BY k, TUMBLE(p, INTERVAL '1' MINUTE);
