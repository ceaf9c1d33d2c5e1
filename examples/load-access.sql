-- Loads the sample logs into the log store "access", so that the other examples have something to read.
--   sluice run examples/load-access.sql

CREATE TABLE sample (
  `time` VARCHAR,
  remote_addr VARCHAR,
  request_method VARCHAR,
  request_uri VARCHAR,
  status INT,
  body_bytes BIGINT,
  request_ms INT
) WITH (
  type = 'file',
  path = 'examples/data/access.jsonl',
  format = 'jsonl'
);

CREATE TABLE access (
  at_seconds INT,
  remote_addr VARCHAR,
  request_method VARCHAR,
  request_uri VARCHAR,
  status INT,
  body_bytes BIGINT,
  request_ms INT
) WITH (
  type = 'sls',
  endPoint = '${SLS_ENDPOINT}',
  accessId = '${SLS_ACCESS_ID}',
  accessKey = '${SLS_ACCESS_KEY}',
  project = '${SLS_PROJECT}',
  logStore = 'access',
  timestampColumn = 'at_seconds'                   -- the time of each log, not the time of loading
);

INSERT INTO access
SELECT
  CAST(UNIX_TIMESTAMP(`time`) AS INT),
  remote_addr, request_method, request_uri, status, body_bytes, request_ms
FROM sample;
