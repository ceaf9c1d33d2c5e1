-- The main example: errors per minute and status.
CREATE TABLE access_log (
  status INT,
  bytes BIGINT,
  url VARCHAR,
  referer VARCHAR,
  `time` BIGINT,
  __topic__ VARCHAR HEADER,
  ts AS TO_TIMESTAMP(`time` * 1000),
  WATERMARK wk FOR ts AS withOffset(ts, 4000)
) WITH (type = 'sls', endPoint = 'http://127.0.0.1:8080', project = 'p', logStore = 'nginx', accessId = 'sluice', accessKey = 'sluice');

CREATE TABLE per_minute (window_start TIMESTAMP, topic VARCHAR, status VARCHAR, requests BIGINT, bytes BIGINT)
WITH (type = 'sls', endPoint = 'http://127.0.0.1:8080', project = 'p', logStore = 'out', accessId = 'sluice', accessKey = 'sluice');

INSERT INTO per_minute
SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE), __topic__, status, COUNT(*), SUM(bytes)
FROM access_log
WHERE status >= 200 + 300
GROUP BY __topic__, status, TUMBLE(ts, INTERVAL '1' MINUTE)
HAVING COUNT(*) > 1;
