import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceText } from '../../src/errors/span.ts';
import { parseExpression, parseQuery } from '../../src/parser/parse.ts';
import { printExpression, printQuery } from '../../src/parser/print.ts';
import { trees, withoutSpans } from './parser-trees.ts';

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
