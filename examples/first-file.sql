-- A first query, over a local file: no service needed.
--   sluice query --file examples/first-file.sql

CREATE TABLE access (
  `time` TIMESTAMP,
  request_uri VARCHAR,
  status INT,
  body_bytes BIGINT
) WITH (
  type = 'file',
  path = 'examples/data/access.jsonl',             -- relative to where the command runs
  format = 'jsonl'
);

SELECT status, COUNT(*) AS requests, SUM(body_bytes) AS bytes
FROM access
GROUP BY status
ORDER BY status;
