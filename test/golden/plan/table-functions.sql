-- Table functions: a filter on the input stays below them, columns nobody reads are not carried, arguments are folded.
CREATE TABLE src (id BIGINT, tags VARCHAR, note VARCHAR, v INT) WITH (type = 'random', rows = '5');
SELECT tag, n, COUNT(*) AS c
FROM src, LATERAL TABLE(STRING_SPLIT(tags, CONCAT(',', ';'))) AS t (tag)
LEFT JOIN LATERAL TABLE(MULTI_KEYVALUE(tag, '|', '=', 'a', 'b')) AS k (n, m) ON TRUE
WHERE v > 3 AND tag <> 'x'
GROUP BY tag, n;
