-- Late rows go to a table of their own; the read is cut wherever the watermark moves.
CREATE TABLE logs (a VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
CREATE TABLE late (a VARCHAR, behind BIGINT) WITH (type = 'print');
CREATE TABLE sums (s TIMESTAMP, n BIGINT) WITH (type = 'print');
INSERT INTO late SELECT a, TIMESTAMPDIFF(SECOND, ts, CURRENT_WATERMARK(ts)) FROM logs WHERE ts <= CURRENT_WATERMARK(ts);
INSERT INTO sums SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE), COUNT(*) FROM logs GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE);
