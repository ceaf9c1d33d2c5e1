-- Versions need a primary key.
CREATE TABLE s (id BIGINT, name VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'random');
CREATE TABLE d (id BIGINT, kind INT, name VARCHAR, PRIMARY KEY (id, kind), INDEX (name)) WITH (type = 'file', path = 'd.csv', format = 'csv');

CREATE TABLE r (id BIGINT, x INT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'random');
SELECT s.id, r.x FROM s JOIN r FOR SYSTEM_TIME AS OF s.ts AS r ON s.id = r.id;
