CREATE TABLE t (a VARCHAR, ts TIMESTAMP) WITH (
  type = 'file', path = 'in.csv', format = 'csv',
  timeZone = 'Asia/Shangai');
SELECT a FROM t;
