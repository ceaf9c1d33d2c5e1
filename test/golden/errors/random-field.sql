CREATE TABLE t (amount INT) WITH (type = 'random', fields.amout.min = '1');
SELECT 1;
