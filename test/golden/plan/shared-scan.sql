-- Two INSERTs, one read: the columns of both, the filters above because they differ.
CREATE TABLE src (a INT, b VARCHAR, c VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000))
WITH (type = 'file', path = 'in.csv', format = 'csv');
CREATE TABLE one (w TIMESTAMP, n BIGINT) WITH (type = 'print');
CREATE TABLE two (w TIMESTAMP, b VARCHAR, n BIGINT) WITH (type = 'print');
INSERT INTO one SELECT TUMBLE_END(ts, INTERVAL '10' SECOND), COUNT(*) FROM src WHERE a > 1 GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);
INSERT INTO two SELECT HOP_START(ts, INTERVAL '15' SECOND, INTERVAL '1' MINUTE), b, COUNT(DISTINCT c) FROM src WHERE a = 0
GROUP BY b, HOP(ts, INTERVAL '15' SECOND, INTERVAL '1' MINUTE);
