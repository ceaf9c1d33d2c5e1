/**
 * Words that cannot be a bare name: the grammar needs them where a name could stand. Far fewer than the dialect's own list,
 * whose documents use many "reserved" words bare.
 */
export const reservedWords: ReadonlySet<string> = new Set(
  (
    'ALL AND AS BETWEEN BY CASE CAST CREATE CROSS DISTINCT ELSE EXCEPT EXISTS FALSE FROM FULL GROUP HAVING IN INNER ' +
    'INSERT INTERSECT INTO IS JOIN LATERAL LEFT LIKE LIMIT NATURAL NOT NULL ON OR ORDER RIGHT SELECT SIMILAR TABLE THEN ' +
    'TRUE UNION UNKNOWN USING VALUES WHEN WHERE WITH'
  ).split(' '),
);

/** Names in general, but after an expression or a table without AS they begin a clause. */
export const clauseWords: ReadonlySet<string> = new Set(
  'EMIT END ESCAPE FETCH FOR MATCH_RECOGNIZE OFFSET OVER OVERLAPS QUALIFY TABLESAMPLE WINDOW WITHIN'.split(' '),
);

/** Reserved words that may still be called: `LEFT('abc', 1)`. */
export const callableWords: ReadonlySet<string> = new Set(['LEFT', 'RIGHT']);

/** Functions written without parentheses. */
export const bareFunctions: ReadonlySet<string> = new Set([
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'LOCALTIME',
  'LOCALTIMESTAMP',
  'CURRENT_ROW_TIMESTAMP',
]);

/** Names that mean something else at the beginning of an expression, a table element or an argument: printed in backticks. */
export const ambiguousWords: ReadonlySet<string> = new Set([
  ...bareFunctions,
  ...(
    'ARRAY CONSTRAINT DATE DESCRIPTOR EXTRACT FILTER INDEX INTERVAL LEADING MAP PERIOD PRIMARY ROW SYMMETRIC ASYMMETRIC TIME ' +
    'TIMESTAMP TRAILING BOTH TRY_CAST UNIQUE UNNEST WATERMARK ANY SOME JSON GROUPING ROLLUP CUBE OUTER SEMI ANTI SYSTEM_TIME'
  ).split(' '),
]);

/** Everything a highlighter shows as a keyword; longer than what is reserved. */
export const highlightedWords: ReadonlySet<string> = new Set([
  ...reservedWords,
  ...clauseWords,
  ...bareFunctions,
  ...(
    'ADD ALTER ANY ARRAY ASC BIGINT BINARY BOOLEAN BOTH CATALOG CHAR COLUMN COLUMNS COMMENT CONNECTOR CONNECTORS CONSUMER ' +
    'CONSTRAINT CUBE CURRENT DATABASE DATE DECIMAL DELAY DELETE DESC DESCRIBE DESCRIPTOR DOUBLE DROP ENFORCED EXPLAIN ' +
    'EXTRACT FILTER FIRST FLOAT FOLLOWING FORMATS FUNCTION FUNCTIONS GROUPING GROUPS HEADER IF INDEX INT INTEGER INTERVAL KEY LAST ' +
    'LEADING LOGICAL MAP METADATA MULTISET NULLS OF OPTIMIZED ORDINALITY OUTER OVERWRITE PARTITION PERIOD PHYSICAL PLAN ' +
    'PLACING PRECEDING PRIMARY RANGE REAL REPLACE RESET ROLLUP ROW ROWS SET SETS SHOW SMALLINT STRING SYMMETRIC SYSTEM_TIME ' +
    'TABLES TEMPORARY TIME TIMESTAMP TINYINT TO TRAILING TRIM TRY_CAST UNBOUNDED UNIQUE UNNEST UPDATE VARBINARY VARCHAR VIEW ' +
    'VIEWS WATERMARK WITHOUT MEASURES PATTERN DEFINE'
  ).split(' '),
]);
