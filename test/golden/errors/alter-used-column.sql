CREATE TABLE t (a INT, b AS a + 1) WITH (type = 'random');
ALTER TABLE t
  DROP a;
SELECT 1;
