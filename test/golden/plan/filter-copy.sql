-- No window: no watermark, and only the columns that are written or filtered are decoded.
CREATE TABLE src (id BIGINT, level VARCHAR, message VARCHAR, extra VARCHAR, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
CREATE TABLE dst (message VARCHAR, id VARCHAR) WITH (type = 'print');
INSERT INTO dst (message, id) SELECT UPPER(message), id FROM src WHERE level = 'ERROR' AND id IN (1, 2, 3);
