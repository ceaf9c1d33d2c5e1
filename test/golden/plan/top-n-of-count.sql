-- The count only grows; without the rank in the result a row keeps its own key.
CREATE TABLE t (id BIGINT, a VARCHAR, b INT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SELECT a, id, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY a ORDER BY n DESC) AS rn FROM (SELECT a, id, COUNT(*) AS n FROM t GROUP BY a, id)) WHERE 10 >= rn AND n > 1;
