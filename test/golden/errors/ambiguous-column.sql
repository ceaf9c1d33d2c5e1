SELECT A FROM (VALUES (1, 2)) AS t (a, a);
