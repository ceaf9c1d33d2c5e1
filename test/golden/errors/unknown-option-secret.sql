CREATE TABLE t (a VARCHAR) WITH (type = 'sls', endPoint = 'x', project = 'p', accessId = 'i', accessKey = 'hunter2-secret', logStroe = 'nginx');
