CREATE TABLE access_log (level VARCHAR, latency_ms BIGINT, __topic__ VARCHAR HEADER)
WITH (type = 'sls', endPoint = 'x', project = 'p', logStore = 'l', accessId = 'i', accessKey = 'k');

SELECT lvl, count(*)
FROM access_log;
