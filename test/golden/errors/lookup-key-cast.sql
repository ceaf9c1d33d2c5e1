-- CAST on a key of the dimension.
CREATE TABLE s (id BIGINT, name VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'random');
CREATE TABLE d (id BIGINT, kind INT, name VARCHAR, PRIMARY KEY (id, kind), INDEX (name)) WITH (type = 'file', path = 'd.csv', format = 'csv');

SELECT s.id, d.kind FROM s JOIN d FOR SYSTEM_TIME AS OF PROCTIME() ON s.name = CAST(d.id AS VARCHAR) AND d.kind = 1;
