import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseExpression, parseQuery } from '../../../src/parser/parse.ts';
import { printExpression, printQuery } from '../../../src/parser/print.ts';
import { withoutSpans } from '../../property/parser-trees.ts';
import { source } from './parse-support.ts';

const folder = new URL('../../../../shared/conformance/', import.meta.url);
const present = existsSync(folder);

interface Case {
  readonly id: string;
  readonly expr?: string;
  readonly sql?: string;
}

function cases(file: string): Case[] {
  const lines = readFileSync(new URL(file, folder), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Case);
}

describe.skipIf(!present)('the conformance cases (skipped where ../shared/conformance is absent)', () => {
  it('parse, every expression of them, and print to the same tree', () => {
    for (const { id, expr } of cases('scalar.jsonl')) {
      if (expr === undefined) continue;
      const tree = parseExpression(source(expr));
      expect(withoutSpans(parseExpression(source(printExpression(tree)))), id).toEqual(withoutSpans(tree));
    }
  });

  it('parse, every query of them, and print to the same tree', () => {
    for (const { id, sql } of [...cases('query.jsonl'), ...cases('aggregate.jsonl')]) {
      if (sql === undefined || sql.startsWith('INSERT')) continue;
      const tree = parseQuery(source(sql));
      expect(withoutSpans(parseQuery(source(printQuery(tree)))), id).toEqual(withoutSpans(tree));
    }
  });
});
