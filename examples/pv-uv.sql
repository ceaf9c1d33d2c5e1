-- Views and visitors of each day and each minute, told before they are over: two results of one reading. No service needed.
--   sluice run examples/pv-uv.sql

CREATE TABLE access (
  `time` TIMESTAMP,
  remote_addr VARCHAR,
  status INT,
  WATERMARK FOR `time` AS WITHOFFSET(`time`, 5000)
) WITH (type = 'file', path = 'examples/data/access.jsonl', format = 'jsonl');

CREATE VIEW page_views AS
SELECT `time`, remote_addr AS visitor
FROM access
WHERE status < 400;

CREATE TABLE per_day (`day` TIMESTAMP, pv BIGINT, uv BIGINT, PRIMARY KEY (`day`)) WITH (type = 'print');
CREATE TABLE per_minute (`minute` TIMESTAMP, pv BIGINT, uv BIGINT, PRIMARY KEY (`minute`)) WITH (type = 'print');

-- EMIT: what a window has so far, every 20 seconds while it is open; its last word when the watermark closes it.
-- All INSERTs of a job have the same EMIT.
INSERT INTO per_day
SELECT TUMBLE_START(`time`, INTERVAL '1' DAY), COUNT(*), COUNT(DISTINCT visitor)
FROM page_views
GROUP BY TUMBLE(`time`, INTERVAL '1' DAY)
EMIT WITH DELAY '20' SECOND BEFORE WATERMARK;

INSERT INTO per_minute
SELECT TUMBLE_START(`time`, INTERVAL '1' MINUTE), COUNT(*), COUNT(DISTINCT visitor)
FROM page_views
GROUP BY TUMBLE(`time`, INTERVAL '1' MINUTE)
EMIT WITH DELAY '20' SECOND BEFORE WATERMARK;
