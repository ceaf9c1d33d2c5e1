-- Functions written in JavaScript, over a local file: no service needed.
--   sluice query --file examples/user-functions.sql

CREATE FUNCTION status_class AS './functions/status-class.js';   -- relative to this file
CREATE FUNCTION path_parts AS './functions/path-parts.js';
CREATE FUNCTION percentile_of AS './functions/percentile.js';
CREATE FUNCTION kilobytes AS './functions/kilobytes.js';

CREATE TABLE access (
  request_uri VARCHAR,
  status INT,
  body_bytes BIGINT,
  request_ms INT
) WITH (
  type = 'file',
  path = 'examples/data/access.jsonl',
  format = 'jsonl'
);

SELECT part, status_class(status) AS class, COUNT(*) AS requests,
       percentile_of(request_ms, 0.9) AS p90_ms, ROUND(SUM(kilobytes(body_bytes)), 1) AS kilobytes
FROM access, LATERAL TABLE(path_parts(request_uri)) AS p (part, depth)
WHERE depth = 1
GROUP BY part, status_class(status)
ORDER BY part, class;
