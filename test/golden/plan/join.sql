-- A comma join: equalities become its keys, conditions on one side go below, the rest stays with the pairs.
CREATE TABLE orders (id BIGINT, item VARCHAR, price DOUBLE, note VARCHAR) WITH (type = 'random', rows = '5');
CREATE TABLE items (name VARCHAR, cost DOUBLE, kind INT) WITH (type = 'random', rows = '5');
SELECT o.id, i.kind FROM orders o, items i
WHERE o.item = i.name AND o.price > i.cost AND i.kind = 3 AND o.note IS NOT NULL;
