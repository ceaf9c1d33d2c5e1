CREATE TABLE a (k INT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'random');
CREATE TABLE b (k INT, v INT) WITH (type = 'random');
SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE), COUNT(*) FROM (SELECT a.k, ts FROM a JOIN b ON a.k = b.k) GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE);
