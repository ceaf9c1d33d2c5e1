CREATE TABLE a (b INT) WITH (type = 'random', rows = '1');
CREATE TABLE t WITH (rows = '2') LIKE a (INCLUDING OPTIONS);
SELECT 1;
