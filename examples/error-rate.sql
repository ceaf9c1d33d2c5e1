-- Share of failed requests per page over the last five minutes, every minute.
--   sluice run examples/error-rate.sql

CREATE TABLE access (
  request_uri VARCHAR,
  status INT,
  __timestamp__ BIGINT HEADER,
  ts AS TO_TIMESTAMP(__timestamp__ * 1000),
  WATERMARK wm FOR ts AS WITHOFFSET(ts, 5000)
) WITH (
  type = 'sls',
  endPoint = '${SLS_ENDPOINT}',
  accessId = '${SLS_ACCESS_ID}',
  accessKey = '${SLS_ACCESS_KEY}',
  project = '${SLS_PROJECT}',
  logStore = 'access',
  startupMode = 'Earliest'
);

CREATE VIEW error_rate AS
SELECT
  HOP_START(ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE) AS window_start,
  request_uri,
  COUNT(*) AS requests,
  SUM(CASE WHEN status >= 500 THEN 1 ELSE 0 END) AS errors,
  SUM(CASE WHEN status >= 500 THEN 100.0E0 ELSE 0.0E0 END) / COUNT(*) AS error_percent
FROM access
GROUP BY HOP(ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE), request_uri
HAVING SUM(CASE WHEN status >= 500 THEN 1 ELSE 0 END) > 0;

CREATE TABLE result (
  window_start TIMESTAMP, request_uri VARCHAR, requests BIGINT, errors BIGINT, error_percent DOUBLE
) WITH (type = 'print');

INSERT INTO result SELECT * FROM error_rate;
