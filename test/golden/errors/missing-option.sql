CREATE TABLE t (a VARCHAR) WITH (type = 'sls', endPoint = 'x', accessKey = 'hunter2-secret');
