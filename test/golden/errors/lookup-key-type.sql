-- Types that are not compared as they are.
CREATE TABLE s (id BIGINT, name VARCHAR) WITH (type = 'random');
CREATE TABLE d (id VARCHAR, x INT, PRIMARY KEY (id)) WITH (type = 'file', path = 'd.csv', format = 'csv');
SELECT s.id, d.x FROM s JOIN d FOR SYSTEM_TIME AS OF PROCTIME() AS d ON s.id = d.id;
