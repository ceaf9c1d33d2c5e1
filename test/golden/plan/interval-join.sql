-- Orders with the shipments of the four hours after them.
CREATE TABLE orders (id BIGINT, amount BIGINT, note VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000))
WITH (type = 'random');
CREATE TABLE shipments (order_id INT, carrier VARCHAR, weight INT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 5000))
WITH (type = 'random');

SELECT o.id, o.ts, s.carrier
FROM orders AS o LEFT JOIN shipments AS s
ON o.id = s.order_id AND s.ts BETWEEN o.ts AND o.ts + INTERVAL '4' HOUR AND s.weight > o.amount;
