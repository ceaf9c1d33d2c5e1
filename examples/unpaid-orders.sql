-- Two streams by time: the orders that were not paid within five minutes. No service needed.
--   sluice run examples/unpaid-orders.sql

CREATE TABLE orders (
  order_id VARCHAR,
  amount DECIMAL(10, 2),
  order_time TIMESTAMP,
  WATERMARK FOR order_time AS WITHOFFSET(order_time, 2000)
) WITH (type = 'file', path = 'examples/data/orders.jsonl', format = 'jsonl');

CREATE TABLE payments (
  order_id VARCHAR,
  channel VARCHAR,
  pay_time TIMESTAMP,
  WATERMARK FOR pay_time AS WITHOFFSET(pay_time, 2000)
) WITH (type = 'file', path = 'examples/data/payments.jsonl', format = 'jsonl');

-- An order that is sent twice counts once: the earliest row of each, which keeps its time and its watermark.
CREATE VIEW orders_once AS
SELECT order_id, amount, order_time
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY order_time ASC) AS copy FROM orders) AS numbered
WHERE copy = 1;

-- Kept for five minutes, not for ever: that is what the BETWEEN is for. An order without payment comes out when its time is over.
CREATE VIEW settled AS
SELECT o.order_id, o.amount, o.order_time, p.pay_time
FROM orders_once AS o
LEFT JOIN payments AS p
  ON o.order_id = p.order_id AND p.pay_time BETWEEN o.order_time AND o.order_time + INTERVAL '5' MINUTE;

CREATE TABLE unpaid (order_id VARCHAR, amount DECIMAL(10, 2), order_time TIMESTAMP) WITH (type = 'print');

INSERT INTO unpaid SELECT order_id, amount, order_time FROM settled WHERE pay_time IS NULL;
