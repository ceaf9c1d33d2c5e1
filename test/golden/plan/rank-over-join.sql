-- Behind a regular join a time is an ordinary TIMESTAMP: the latest row by it is a ranking, no row is late.
CREATE TABLE a (k INT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'random', rows = '5');
CREATE TABLE b (k INT, v INT) WITH (type = 'random', rows = '5');
SELECT k, ts, v FROM (SELECT a.k, ts, v, ROW_NUMBER() OVER (PARTITION BY a.k ORDER BY ts DESC) AS n FROM a JOIN b ON a.k = b.k) WHERE n = 1;
