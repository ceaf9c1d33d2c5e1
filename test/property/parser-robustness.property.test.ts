import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../src/errors/sluice-error.ts';
import { parseScript } from '../../src/parser/parse.ts';
import { printStatement } from '../../src/parser/print.ts';
import { splitStatements } from '../../src/parser/split-statements.ts';
import { tokenize } from '../../src/parser/tokenize.ts';
import { awkwardTexts } from '../support/awkward-texts.ts';

const seed = Number(process.env['SEED'] ?? 20260102);

const statements = [
  "CREATE TABLE t (a INT NOT NULL HEADER COMMENT 'c', `b` VARCHAR(10), ts AS TO_TIMESTAMP(a * 1000), WATERMARK w FOR ts AS withOffset(ts, 4000), PRIMARY KEY (a)) WITH (type = 'sls', bootstrap.servers = '${X}')",
  "INSERT INTO s (a, b) SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE), count(DISTINCT a) FILTER (WHERE b > 1) FROM t GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE) EMIT WITH DELAY '1' MINUTE",
  'WITH x AS (SELECT 1) SELECT a.b[1], CASE a WHEN 1, 2 THEN 3 ELSE NULL END FROM x AS a LEFT JOIN (SELECT * FROM u) v ON a.i = v.i UNION ALL (VALUES (1, 2)) ORDER BY 1 LIMIT 5',
  "SELECT CAST(a AS ROW<x ARRAY<INT>>), TRIM(BOTH 'x' FROM b), x'0c', -1.5e3 || 'it''s', EXTRACT(DAY FROM c) FROM t FOR SYSTEM_TIME AS OF PROCTIME() AS d, LATERAL TABLE(f(a)) AS g (h)",
  "SELECT sum(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), JSON_VALUE(a, '$.x' RETURNING INT DEFAULT 1 ON EMPTY) FROM t WHERE a NOT IN (SELECT b FROM u) AND b LIKE 'x%' ESCAPE '!'",
  "SET 'a' = 'b'; SET c.d = 10s; SHOW TABLES LIKE 'x'; EXPLAIN PHYSICAL SELECT 1; DROP TABLE IF EXISTS t; DESCRIBE t; RESET; SHOW CONSUMER GROUPS FOR t; ALTER CONSUMER GROUP g FOR t RESET TO TIMESTAMP '2024-05-01'",
];

const words = statements.join(' ').split(/(\s+|[(),;.'`])/);
const fragments = [...words, ...awkwardTexts];

/** A text put together from pieces of the grammar, or a statement with pieces cut out, put in and swapped. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...fragments), { maxLength: 30 }).map((parts) => parts.join(' ')),
  fc
    .tuple(
      fc.constantFrom(...statements),
      fc.array(fc.tuple(fc.nat(400), fc.nat(20), fc.constantFrom(...fragments)), { minLength: 1, maxLength: 4 }),
    )
    .map(([statement, changes]) =>
      changes.reduce((changed, [at, cut, put]) => changed.slice(0, at) + put + changed.slice(at + cut), statement),
    ),
);

describe('any text', () => {
  it('gives a tree or an error with a place, nothing else', () => {
    let parsed = 0;
    fc.assert(
      fc.property(text, (input) => {
        try {
          for (const statement of parseScript({ name: 'test', text: input }, { variables: () => 'v' })) {
            printStatement(statement);
          }
          parsed++;
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
          const { span } = error;
          expect(span).toBeDefined();
          expect(span && span.start >= 0 && span.start <= span.end && span.end <= input.length).toBe(true);
          expect(error.source?.text).toBe(input);
          expect(error.message).toMatch(/^\S.*[^.\s]$/s);
        }
      }),
      { seed, numRuns: 20_000 },
    );
    expect(parsed).toBeGreaterThan(100);
  });

  it('can be highlighted: pieces in order, within the text', () => {
    fc.assert(
      fc.property(text, (input) => {
        let last = 0;
        for (const { start, end } of tokenize(input)) {
          expect(start >= last && end > start && end <= input.length).toBe(true);
          last = end;
        }
      }),
      { seed, numRuns: 3000 },
    );
  });

  it('is split where the parser splits it', () => {
    fc.assert(
      fc.property(text, (input) => {
        const { complete } = splitStatements(`${input}\n;`);
        try {
          const spans = parseScript({ name: 'test', text: input }).map(({ span }) => input.slice(span.start, span.end));
          expect(complete.map((statement) => statement.text)).toEqual(spans);
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
        }
      }),
      { seed, numRuns: 3000 },
    );
  });
});
