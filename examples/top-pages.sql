-- The pages that sent most bytes, over all logs that are there now.
--   sluice query --file examples/top-pages.sql

CREATE TABLE access (
  request_uri VARCHAR,
  status INT,
  body_bytes BIGINT
) WITH (
  type = 'sls',
  endPoint = '${SLS_ENDPOINT}',
  accessId = '${SLS_ACCESS_ID}',
  accessKey = '${SLS_ACCESS_KEY}',
  project = '${SLS_PROJECT}',
  logStore = 'access',
  stopTime = '2100-01-01 00:00:00'                 -- ends where the logs end, so the result is final
);

SELECT request_uri, COUNT(*) AS requests, SUM(body_bytes) AS bytes
FROM access
WHERE status = 200
GROUP BY request_uri
ORDER BY bytes DESC
LIMIT 5;
