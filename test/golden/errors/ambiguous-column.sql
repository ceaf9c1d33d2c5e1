SELECT a FROM (VALUES (1, 2)) AS t (a, A1), (VALUES (1)) AS u (a);
