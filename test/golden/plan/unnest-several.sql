-- Several collections side by side, with their places.
CREATE TABLE t (id INT, s VARCHAR) WITH (type = 'random', rows = '5');
SELECT id, x.a, x.b, x.place FROM t LEFT JOIN UNNEST(ARRAY[id, 2], ARRAY[s]) WITH ORDINALITY AS x (a, b, place) ON TRUE;
