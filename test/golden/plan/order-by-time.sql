-- ORDER BY a time attribute lets rows go in order; one below is dropped.
CREATE TABLE t (id BIGINT, a VARCHAR, b INT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SELECT a, b FROM (SELECT * FROM t ORDER BY b) ORDER BY ts, b DESC;
