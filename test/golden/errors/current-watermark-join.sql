CREATE TABLE t (a VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random');
SELECT l.a FROM t l JOIN t r ON l.a = r.a AND l.ts > CURRENT_WATERMARK(r.ts);
