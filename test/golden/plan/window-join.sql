-- Both sides in the same windows: rows that are only inserted, also of an outer join.
CREATE TABLE a (k VARCHAR, v BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
CREATE TABLE b (k VARCHAR, v BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
SELECT L.k, L.window_end, L.v + R.v AS v FROM (SELECT * FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) L
LEFT JOIN (SELECT * FROM TABLE(TUMBLE(TABLE b, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) R
ON L.k = R.k AND L.window_start = R.window_start AND L.window_end = R.window_end AND L.v < R.v;
