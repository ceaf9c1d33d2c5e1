-- A bare table function; the aggregations above them make the windows themselves; a cascade over window_time.
CREATE TABLE src (k VARCHAR, v BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
CREATE VIEW steps AS SELECT k, window_start, window_end, window_time, SUM(v) AS total
  FROM TABLE(CUMULATE(TABLE src, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '1' HOUR)) WHERE v > 0 GROUP BY k, window_start, window_end, window_time;
CREATE TABLE out (k VARCHAR, s TIMESTAMP, n BIGINT) WITH (type = 'print');
INSERT INTO out SELECT k, window_end, v FROM TABLE(HOP(DATA => TABLE src, TIMECOL => DESCRIPTOR(ts), SLIDE => INTERVAL '1' MINUTE, SIZE => INTERVAL '5' MINUTE)) WHERE k = 'a';
INSERT INTO out SELECT k, window_end, total FROM steps WHERE k = 'a' AND window_end > TIMESTAMP '2024-01-01 00:00:00';
INSERT INTO out SELECT MAX(k), window_end, SUM(total) FROM steps GROUP BY window_start, window_end;
INSERT INTO out SELECT k, window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE steps, DESCRIPTOR(window_time), INTERVAL '1' DAY)) GROUP BY window_start, window_end, GROUPING SETS((k), ());
INSERT INTO out SELECT k, window_start, COUNT(*) FROM TABLE(SESSION(TABLE src PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, k;
