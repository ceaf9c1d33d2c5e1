CREATE TABLE t (a VARCHR, b INT) WITH (type = 'random');
