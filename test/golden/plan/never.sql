-- A condition that is never true leaves nothing to read.
CREATE TABLE src (k VARCHAR) WITH (type = 'random', rows = '5');
SELECT k FROM src WHERE 1 = 2;
