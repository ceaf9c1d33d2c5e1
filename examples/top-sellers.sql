-- The three sellers with most turnover of each category; orders that were sent twice count once. No service needed.
--   sluice query --file examples/top-sellers.sql

CREATE TABLE orders (
  order_id VARCHAR,
  seller_id VARCHAR,
  category VARCHAR,
  amount DECIMAL(10, 2),
  order_time TIMESTAMP,
  arrived AS PROCTIME()
) WITH (type = 'file', path = 'examples/data/orders.jsonl', format = 'jsonl');

-- Deduplication: the first row of each order.
CREATE VIEW orders_once AS
SELECT order_id, seller_id, category, amount
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY arrived ASC) AS copy FROM orders) AS numbered
WHERE copy = 1;

CREATE VIEW turnover AS
SELECT category, seller_id, COUNT(*) AS orders, SUM(amount) AS total
FROM orders_once
GROUP BY category, seller_id;

-- TopN: the first rows of each category.
SELECT category, place, seller_id, orders, total
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY category ORDER BY total DESC) AS place FROM turnover) AS ranked
WHERE place <= 3
ORDER BY category, place;
