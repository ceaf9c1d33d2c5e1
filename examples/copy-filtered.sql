-- Copies the failed requests of one log store into another, keeping the time of each log.
--   sluice run examples/copy-filtered.sql

CREATE TABLE access (
  remote_addr VARCHAR,
  request_method VARCHAR,
  request_uri VARCHAR,
  status INT,
  __timestamp__ BIGINT HEADER
) WITH (
  type = 'sls',
  endPoint = '${SLS_ENDPOINT}',
  accessId = '${SLS_ACCESS_ID}',
  accessKey = '${SLS_ACCESS_KEY}',
  project = '${SLS_PROJECT}',
  logStore = 'access',
  startTime = '2020-01-01 00:00:00',               -- the first time: from the oldest log
  consumerGroup = 'copy-errors'                    -- later: from the progress kept under this name in the service
);

CREATE TABLE errors (
  remote_addr VARCHAR,
  request_method VARCHAR,
  request_uri VARCHAR,
  status INT,
  at_seconds INT
) WITH (
  type = 'sls',
  endPoint = '${SLS_ENDPOINT}',
  accessId = '${SLS_ACCESS_ID}',
  accessKey = '${SLS_ACCESS_KEY}',
  project = '${SLS_PROJECT}',
  logStore = 'errors',
  timestampColumn = 'at_seconds'
);

INSERT INTO errors
SELECT remote_addr, request_method, request_uri, status, CAST(__timestamp__ AS INT)
FROM access
WHERE status >= 400;
