CREATE TABLE orders (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
CREATE TABLE changes (id BIGINT, v INT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
CREATE VIEW latest AS SELECT id, v, ts FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) AS rn FROM changes) WHERE rn = 1;
SELECT COUNT(*) FROM orders o JOIN latest l
  ON o.id = l.id AND o.ts BETWEEN l.ts - INTERVAL '1' HOUR AND l.ts GROUP BY TUMBLE(o.ts, INTERVAL '1' MINUTE);
