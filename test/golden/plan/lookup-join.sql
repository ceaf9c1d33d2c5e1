-- A stream with two dimension tables, one after the other: constants and conditions besides the keys.
CREATE TABLE clicks (user_id BIGINT, page VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000))
WITH (type = 'random');

CREATE TABLE users (id INT, kind VARCHAR, name VARCHAR, city VARCHAR, age INT, PRIMARY KEY (id, kind), PERIOD FOR SYSTEM_TIME)
WITH (type = 'file', path = 'users.csv', format = 'csv', cacheTTLMs = '60000');

CREATE TABLE pages (page VARCHAR, tag VARCHAR, INDEX (page))
WITH (type = 'file', path = 'pages.jsonl', format = 'jsonl', maxJoinRows = '5');

SELECT TUMBLE_START(c.ts, INTERVAL '1' MINUTE), u.city, p.tag, COUNT(*)
FROM clicks AS c
JOIN users FOR SYSTEM_TIME AS OF PROCTIME() AS u ON c.user_id = u.id AND u.kind = 'person' AND u.age > 17
LEFT JOIN pages FOR SYSTEM_TIME AS OF PROCTIME() AS p ON p.page = LOWER(c.page)
WHERE c.page IS NOT NULL AND u.city <> 'Rome'
GROUP BY TUMBLE(c.ts, INTERVAL '1' MINUTE), u.city, p.tag;
