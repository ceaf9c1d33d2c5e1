-- A view as a dimension.
CREATE TABLE s (id BIGINT, name VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'random');
CREATE TABLE d (id BIGINT, kind INT, name VARCHAR, PRIMARY KEY (id, kind), INDEX (name)) WITH (type = 'file', path = 'd.csv', format = 'csv');

CREATE VIEW v AS SELECT id, name FROM d;
SELECT s.id, d.name FROM s JOIN v FOR SYSTEM_TIME AS OF PROCTIME() AS d ON s.id = d.id;
