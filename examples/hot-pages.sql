-- Flink SQL as it stands: the two hottest pages of every five minutes, every minute. No service needed.
--   sluice run examples/hot-pages.sql

SET 'sql.compatibility' = 'flink';
SET 'table.local-time-zone' = 'Asia/Shanghai';

CREATE TABLE access (
  `time` TIMESTAMP(3),
  request_uri STRING,
  body_bytes BIGINT,
  WATERMARK FOR `time` AS `time` - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = 'examples/data/access.jsonl',
  'format' = 'json'
);

CREATE TABLE hot_pages (
  window_end TIMESTAMP(3),
  place BIGINT,
  request_uri STRING,
  hits BIGINT
) WITH ('connector' = 'print');

INSERT INTO hot_pages
SELECT window_end, place, request_uri, hits
FROM (
  SELECT *,
    ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY hits DESC, request_uri) AS place
  FROM (
    SELECT window_start, window_end, request_uri, COUNT(*) AS hits
    FROM TABLE(HOP(TABLE access, DESCRIPTOR(`time`), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE))
    GROUP BY window_start, window_end, request_uri
  )
)
WHERE place <= 2;
