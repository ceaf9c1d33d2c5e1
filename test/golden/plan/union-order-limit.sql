-- Types unify, the filter goes into both inputs, ORDER BY uses a column that is not shown.
CREATE TABLE a (x INT, y VARCHAR, z INT) WITH (type = 'file', path = 'a.jsonl', format = 'jsonl');
CREATE TABLE b (x BIGINT, y VARCHAR, z INT) WITH (type = 'file', path = 'b.jsonl', format = 'jsonl');
SELECT u.y, x + 1 AS next FROM (SELECT x, y, z FROM a UNION ALL SELECT x, y, z FROM b) AS u WHERE x > 10 ORDER BY z DESC, 1 LIMIT 5 OFFSET 2;
