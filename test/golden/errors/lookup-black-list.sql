-- A period that is none.
CREATE TABLE s (id BIGINT, name VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'random');
CREATE TABLE d (id BIGINT, kind INT, name VARCHAR, PRIMARY KEY (id, kind), INDEX (name)) WITH (type = 'file', path = 'd.csv', format = 'csv');

CREATE TABLE k (id BIGINT, x INT, PRIMARY KEY (id)) WITH (type = 'file', path = 'k.csv', format = 'csv', cacheReloadTimeBlackList = '14:00 -> 15:00');
