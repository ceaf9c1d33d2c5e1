-- No connector to look up: the current rows are kept.
CREATE TABLE orders (id BIGINT, currency VARCHAR, amount BIGINT) WITH (type = 'random');
CREATE TABLE rates (currency VARCHAR, rate BIGINT, note VARCHAR, PRIMARY KEY (currency)) WITH (type = 'random');

SELECT o.id, o.amount * r.rate
FROM orders AS o JOIN rates FOR SYSTEM_TIME AS OF PROCTIME() AS r ON o.currency = r.currency;
