-- The rate at the time of each order.
CREATE TABLE orders (id BIGINT, currency VARCHAR, amount BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000))
WITH (type = 'random');
CREATE TABLE rates (currency VARCHAR, rate BIGINT, note VARCHAR, valid TIMESTAMP, PRIMARY KEY (currency), WATERMARK FOR valid AS withOffset(valid, 0))
WITH (type = 'random');

SELECT o.id, o.ts, o.amount * r.rate
FROM orders AS o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON UPPER(o.currency) = r.currency AND r.rate > 0
WHERE o.amount > 0;
