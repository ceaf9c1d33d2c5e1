-- Rows are ordered by the watermark's column; what a row alone decides is computed once, below the match. Unused
-- columns are neither decoded nor kept.
CREATE TABLE ticker (
  symbol VARCHAR, price INT, tax INT, note VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)
) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
SELECT m.symbol, m.bottom, m.ended FROM ticker MATCH_RECOGNIZE (
  PARTITION BY symbol
  ORDER BY ts, tax DESC
  MEASURES
    LAST(DOWN.price) AS bottom,
    SUM(DOWN.price + DOWN.tax) AS total,
    MATCH_ROWTIME() AS ended
  ONE ROW PER MATCH
  AFTER MATCH SKIP TO LAST UP
  PATTERN (BEGUN DOWN{2,5} UP)
  WITHIN INTERVAL '10' MINUTE
  DEFINE
    DOWN AS DOWN.price > 0 AND (DOWN.price < LAST(DOWN.price, 1) OR LAST(DOWN.price, 1) IS NULL),
    UP AS price > 10
) AS m;
