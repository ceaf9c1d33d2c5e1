CREATE TABLE t (a INT) WITH (type = 'sls', endPoint = 'x', project = 'p', logStore = 'l', accessId = 'i', accessKey = 'hunter2');
ALTER TABLE t RESET ('accessKey');
SELECT 1;
