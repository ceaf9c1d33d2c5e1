import { describe, expect, it } from 'vitest';
import { splitStatements } from '../../../src/parser/split-statements.ts';

describe('splitStatements', () => {
  it.each([
    ['SELECT 1; SELECT 2', ['SELECT 1'], 'SELECT 2'],
    ["SELECT ';' ; -- ;\n", ["SELECT ';'"], ''],
    ['SELECT `a;b', [], 'SELECT `a;b'],
    ["SELECT 1; SELECT 'open ;", ['SELECT 1'], "SELECT 'open ;"],
    ['SELECT 1; /* open ;', ['SELECT 1'], '/* open ;'],
    ['; ;', [], ''],
    ['-- only a comment', [], ''],
    ['\n  SELECT\n 1\n ;\n', ['SELECT\n 1'], ''],
  ])('%j', (text, complete, rest) => {
    const split = splitStatements(text);
    expect(split.complete.map((statement) => statement.text)).toEqual(complete);
    expect(split.rest).toBe(rest);
    for (const statement of split.complete) expect(text.slice(statement.start, statement.end)).toBe(statement.text);
  });
});
