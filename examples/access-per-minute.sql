-- Requests and bytes per minute and status, by the time in the logs.
--   sluice run examples/access-per-minute.sql                                          every closed minute, as it closes
--   sluice query --file examples/access-per-minute.sql "SELECT * FROM per_minute"      the same as a live table

CREATE TABLE access (
  status INT,
  body_bytes BIGINT,
  __timestamp__ BIGINT HEADER,                     -- log time, epoch seconds
  ts AS TO_TIMESTAMP(__timestamp__ * 1000),
  WATERMARK wm FOR ts AS WITHOFFSET(ts, 5000)      -- logs may come up to five seconds late
) WITH (
  type = 'sls',
  endPoint = '${SLS_ENDPOINT}',
  accessId = '${SLS_ACCESS_ID}',
  accessKey = '${SLS_ACCESS_KEY}',
  project = '${SLS_PROJECT}',
  logStore = 'access',
  startupMode = 'Earliest'                         -- from the oldest log that is still there
);

CREATE VIEW per_minute AS
SELECT
  TUMBLE_START(ts, INTERVAL '1' MINUTE) AS `minute`,
  status,
  COUNT(*) AS requests,
  SUM(body_bytes) AS bytes
FROM access
GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE), status;

CREATE TABLE result (`minute` TIMESTAMP, status INT, requests BIGINT, bytes BIGINT) WITH (type = 'print');

INSERT INTO result SELECT * FROM per_minute;
