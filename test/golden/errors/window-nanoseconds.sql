-- A column with more digits than a watermark has is no time attribute.
CREATE TABLE s (id BIGINT, happened TIMESTAMP(6), ts AS CAST(happened AS TIMESTAMP(3)), WATERMARK FOR ts AS ts)
  WITH (type = 'random');

SELECT COUNT(*) FROM s GROUP BY TUMBLE(happened, INTERVAL '1' MINUTE);
