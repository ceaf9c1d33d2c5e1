-- An index on a column that is not there.
CREATE TABLE s (id BIGINT, name VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'random');
CREATE TABLE d (id BIGINT, kind INT, name VARCHAR, PRIMARY KEY (id, kind), INDEX (name)) WITH (type = 'file', path = 'd.csv', format = 'csv');

CREATE TABLE k (id BIGINT, x INT, INDEX (nmae)) WITH (type = 'file', path = 'k.csv', format = 'csv');
