-- A condition on the partition goes below the match, one on a measure stays.
CREATE TABLE ticker (
  symbol VARCHAR, price INT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)
) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
SELECT * FROM ticker MATCH_RECOGNIZE (
  PARTITION BY symbol ORDER BY ts MEASURES A.price AS a, B.symbol AS s PATTERN (A B?)
) AS m WHERE symbol <> 'TEST' AND a > 3 AND s = 'ACME';
