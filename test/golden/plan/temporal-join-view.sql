-- A view that keeps the last row of each key: its rows are the versions.
CREATE TABLE orders (id BIGINT, currency VARCHAR, amount BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000))
WITH (type = 'random');
CREATE TABLE rates (currency VARCHAR, rate BIGINT, note VARCHAR, valid TIMESTAMP, WATERMARK FOR valid AS withOffset(valid, 0))
WITH (type = 'random');
CREATE VIEW last_rates AS
SELECT currency, rate, valid, note FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY currency ORDER BY valid DESC) AS n FROM rates
) WHERE n = 1 AND rate > 0;

SELECT o.id, o.amount * r.rate
FROM orders AS o LEFT JOIN last_rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.currency = r.currency;
