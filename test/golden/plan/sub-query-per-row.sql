-- Sub-queries over collections of the row around need no join and no state: the window keeps its time.
CREATE TABLE t (id INT, s VARCHAR, n INT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random', rows = '5');
SELECT COUNT(*), SUM((SELECT MAX(x) FROM UNNEST(ARRAY[t.id, t.n]) AS q (x) WHERE x > 1)) FROM t
WHERE EXISTS (SELECT 1 FROM UNNEST(ARRAY[t.s]) AS q (x) WHERE x = 'a') GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE);
