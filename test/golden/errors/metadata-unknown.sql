CREATE TABLE t (a VARCHAR METADATA FROM '__nothing__', b INT) WITH (type = 'file', path = 'x', format = 'csv');
SELECT 1;
