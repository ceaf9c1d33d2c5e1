CREATE TABLE t (a VARCHAR) WITH (type = 'flie', path = 'x');
