import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceText } from '../../src/errors/span.ts';
import { parseExpression, parseQuery, parseStatement } from '../../src/parser/parse.ts';
import { printExpression, printQuery, printStatement } from '../../src/parser/print.ts';
import { splitStatements } from '../../src/parser/split-statements.ts';
import { trees, withoutSpans } from './parser-trees.ts';
import { statementTrees } from './statement-trees.ts';

const seed = Number(process.env['SEED'] ?? 20260101);

function source(text: string): SourceText {
  return { name: 'test', text };
}

describe('what the printer writes', () => {
  it('parses to the same expression', () => {
    fc.assert(
      fc.property(trees.expression, (tree) => {
        expect(withoutSpans(parseExpression(source(printExpression(tree))))).toEqual(withoutSpans(tree));
      }),
      { seed, numRuns: 3000 },
    );
  });

  it('parses to the same query', () => {
    fc.assert(
      fc.property(trees.query, (tree) => {
        expect(withoutSpans(parseQuery(source(printQuery(tree))))).toEqual(withoutSpans(tree));
      }),
      { seed, numRuns: 400 },
    );
  });

  it('parses to the same statement, which ends where it was printed to', () => {
    fc.assert(
      fc.property(statementTrees, (tree) => {
        const text = printStatement(tree);
        expect(withoutSpans(parseStatement(source(text)))).toEqual(withoutSpans(tree));
        expect(splitStatements(`${text}; SELECT 1`)).toMatchObject({ complete: [{ text }], rest: 'SELECT 1' });
      }),
      { seed, numRuns: 800 },
    );
  });

  it('is stable: printing the parsed text gives the text again', () => {
    fc.assert(
      fc.property(trees.query, (tree) => {
        const text = printQuery(tree);
        expect(printQuery(parseQuery(source(text)))).toBe(text);
      }),
      { seed, numRuns: 200 },
    );
  });
});
