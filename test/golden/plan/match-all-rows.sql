-- Every row of a match, relaxed succession, timeouts; a window reads the time of the match.
CREATE TABLE events (
  user_id BIGINT, action VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)
) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
SELECT TUMBLE_START(t, INTERVAL '1' HOUR) AS w, step, COUNT(*) AS n FROM events MATCH_RECOGNIZE (
  PARTITION BY user_id
  ORDER BY ts
  MEASURES MATCH_ROWTIME() AS t, CLASSIFIER() AS step, FINAL COUNT(*) AS length
  ALL ROWS PER MATCH WITH TIMEOUT ROWS
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (login -> fail{3}? pay) WITHIN INTERVAL '30' SECOND
  DEFINE login AS action = 'login', fail AS action = 'fail' AND PREV(action) <> 'pay', pay AS action = 'pay'
)
GROUP BY TUMBLE(t, INTERVAL '1' HOUR), step;
