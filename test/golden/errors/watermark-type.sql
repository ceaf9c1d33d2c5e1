CREATE TABLE t (tm BIGINT, WATERMARK FOR tm AS withOffset(tm, 0)) WITH (type = 'random');
