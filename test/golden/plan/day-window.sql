-- Windows of whole days begin at local midnight (D12).
SET 'blink.job.timeZone' = 'Asia/Shanghai';
CREATE TABLE src (v BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
SELECT TUMBLE_START(ts, INTERVAL '1' DAY) AS d, SUM(v) FROM src GROUP BY TUMBLE(ts, INTERVAL '1' DAY);
