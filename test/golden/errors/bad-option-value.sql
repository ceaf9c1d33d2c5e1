CREATE TABLE t (a VARCHAR) WITH (type = 'random', rows = 'many');
