-- Any row keeps a match open, and no time ends it: a warning.
CREATE TABLE t (a INT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'random');
SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES A.a AS x, B.a AS y PATTERN (A X*? (B | B B)) DEFINE A AS a = 1, B AS a = 2);
