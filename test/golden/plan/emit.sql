-- Early and late results make an updating query.
SET 'blink.state.ttl.ms' = '3600000';
CREATE TABLE src (k VARCHAR, v BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
CREATE TABLE out (k VARCHAR, s TIMESTAMP, n BIGINT) WITH (type = 'print');
INSERT INTO out SELECT k, TUMBLE_START(ts, INTERVAL '1' HOUR), SUM(v) FROM src GROUP BY k, TUMBLE(ts, INTERVAL '1' HOUR)
EMIT WITH DELAY '1' MINUTE BEFORE WATERMARK, WITHOUT DELAY AFTER WATERMARK;
