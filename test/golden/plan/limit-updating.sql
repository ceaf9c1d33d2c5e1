-- LIMIT over rows that change keeps the first ones by arrival.
CREATE TABLE t (id BIGINT, a VARCHAR, b INT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SELECT a, COUNT(*) AS n FROM t GROUP BY a LIMIT 3;
