CREATE TABLE t (a VARCHAR) WITH (type = 'random');
CREATE TABLE T (a VARCHAR) WITH (type = 'random');
