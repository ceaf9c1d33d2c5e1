CREATE TABLE t (a VARCHAR, m MAP<VARCHAR, INT>) WITH (type = 'sls', endPoint = 'http://127.0.0.1:1', project = 'p',
  logStore = 'l', accessId = 'a', accessKey = 'k');
CREATE TABLE o (a VARCHAR) WITH (type = 'print');
INSERT INTO o SELECT a FROM t;
