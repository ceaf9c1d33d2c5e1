-- A dimension without key.
CREATE TABLE s (id BIGINT, name VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'random');
CREATE TABLE d (id BIGINT, kind INT, name VARCHAR, PRIMARY KEY (id, kind), INDEX (name)) WITH (type = 'file', path = 'd.csv', format = 'csv');

CREATE TABLE k (id BIGINT, x INT) WITH (type = 'file', path = 'k.csv', format = 'csv');
SELECT s.id, k.x FROM s JOIN k FOR SYSTEM_TIME AS OF PROCTIME() AS k ON s.id = k.id;
