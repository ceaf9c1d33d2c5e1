CREATE TABLE t (a INT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
SELECT * FROM (SELECT a, COUNT(*) AS n, PROCTIME() AS p FROM t GROUP BY a) MATCH_RECOGNIZE (ORDER BY p MEASURES A.n AS x PATTERN (A));
