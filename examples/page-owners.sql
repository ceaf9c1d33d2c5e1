-- A dimension table: every failed request with the team that owns the page. No service needed.
--   sluice query --file examples/page-owners.sql

CREATE TABLE access (
  `time` TIMESTAMP,
  request_uri VARCHAR,
  status INT
) WITH (type = 'file', path = 'examples/data/access.jsonl', format = 'jsonl');

-- Loaded whole before the first row; cacheTTLMs reads the file again every minute of a long run.
CREATE TABLE page_owners (
  page VARCHAR,
  owner VARCHAR,
  PRIMARY KEY (page),
  PERIOD FOR SYSTEM_TIME
) WITH (type = 'file', path = 'examples/data/page-owners.csv', format = 'csv', header = 'true', cacheTTLMs = '60000');

SELECT COALESCE(o.owner, 'nobody') AS owner, COUNT(*) AS failed
FROM access AS a
LEFT JOIN page_owners FOR SYSTEM_TIME AS OF PROCTIME() AS o ON a.request_uri = o.page
WHERE a.status >= 400
GROUP BY COALESCE(o.owner, 'nobody')
ORDER BY owner;
