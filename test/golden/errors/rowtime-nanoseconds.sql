-- Watermarks are milliseconds.
CREATE TABLE s (id BIGINT, happened TIMESTAMP(6), WATERMARK FOR happened AS happened - INTERVAL '4' SECOND)
  WITH (type = 'random');

SELECT id FROM s;
