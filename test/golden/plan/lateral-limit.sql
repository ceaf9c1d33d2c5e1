-- LIMIT in a LATERAL query counts by what the query compares with the row outside.
CREATE TABLE t (id BIGINT, a VARCHAR, b INT) WITH (type = 'random');
SELECT x.a, y.id, y.b FROM (SELECT DISTINCT a FROM t) x, LATERAL (SELECT id, b FROM t WHERE t.a = x.a ORDER BY b DESC LIMIT 2) AS y;
