import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../../src/parser/parse.ts';
import { printExpression } from '../../../../src/parser/print.ts';
import { errorOf, source } from '../parse-support.ts';

function printed(text: string): string {
  return printExpression(parseExpression(source(text)));
}

/** Every operator in parentheses, so that the shape of the tree shows. */
function shape(text: string): string {
  const show = (node: unknown): string => {
    if (typeof node !== 'object' || node === null) return String(node);
    const { kind, operator, operands, left, right, operand, low, high, pattern, parts } = node as Record<
      string,
      unknown
    >;
    if (kind === 'chain') return `(${(operands as unknown[]).map(show).join(` ${String(operator)} `)})`;
    if (kind === 'binary') return `(${show(left)} ${String(operator)} ${show(right)})`;
    if (kind === 'unary') return `(${String(operator)}${show(operand)})`;
    if (kind === 'between') return `(${show(operand)} between ${show(low)} ${show(high)})`;
    if (kind === 'like') return `(${show(operand)} like ${show(pattern)})`;
    if (kind === 'not' || kind === 'is' || kind === 'in-list') return `(${String(kind)} ${show(operand)})`;
    if (kind === 'column-ref') return (parts as { name: string }[]).map(({ name }) => name).join('.');
    return printExpression(node as never);
  };
  return show(parseExpression(source(text)));
}

describe('operators', () => {
  it.each([
    ['a OR b AND NOT c = d', '(a OR (b AND (not (c = d))))'],
    ['a + b * c - d', '((a + (b * c)) - d)'],
    ['a - b - c', '((a - b) - c)'],
    ['a + b + c', '(a + b + c)'],
    ['(a + b) + c', '((a + b) + c)'],
    ['a || b || c = d', '((a || b || c) = d)'],
    ['-a * b', '((-a) * b)'],
    ['- -1', '(-(-1))'],
    ['a < b IS TRUE', '(is (a < b))'],
    ['NOT a IS NULL', '(not (is a))'],
    ['a BETWEEN b + 1 AND c AND d', '((a between (b + 1) c) AND d)'],
    ['a = b LIKE c', '(a = (b like c))'],
    ['a NOT IN (1) OR b', '((in-list a) OR b)'],
    ['a != b', '(a <> b)'],
    ['a.b.c % 2', '(a.b.c % 2)'],
  ])('%s', (text, tree) => {
    expect(shape(text)).toBe(tree);
  });
});

describe('forms with a syntax of their own', () => {
  it.each([
    ["trim(BOTH 'a' FROM x)", "trim(BOTH 'a' FROM x)"],
    ['TRIM(TRAILING FROM x)', "TRIM(TRAILING ' ' FROM x)"],
    ["TRIM('a' FROM x)", "TRIM(BOTH 'a' FROM x)"],
    ['SUBSTRING(x FROM 2 FOR 3)', 'SUBSTRING(x, 2, 3)'],
    ["POSITION('a' IN x)", "POSITION('a', x)"],
    ["OVERLAY(x PLACING 'y' FROM 2 FOR 3)", "OVERLAY(x, 'y', 2, 3)"],
    ['extract(day from x)', 'extract(DAY FROM x)'],
    ['CEIL(x TO MONTH)', 'CEIL(x TO MONTH)'],
    ['TIMESTAMPADD(SQL_TSI_SECOND, 1, x)', 'TIMESTAMPADD(SECOND, 1, x)'],
    ['count(*)', 'count(*)'],
    ['COUNT(DISTINCT a, b) FILTER (WHERE c > 1)', 'COUNT(DISTINCT a, b) FILTER (WHERE c > 1)'],
    [
      'sum(a) OVER (PARTITION BY b ORDER BY c ROWS 2 PRECEDING)',
      'sum(a) OVER (PARTITION BY b ORDER BY c ROWS 2 PRECEDING)',
    ],
    ["TIMESTAMP '2018-01-01 00:00:00'", "TIMESTAMP '2018-01-01 00:00:00'"],
    ["INTERVAL '10:20' MINUTE TO SECOND(3)", "INTERVAL '10:20' MINUTE TO SECOND(3)"],
    ['INTERVAL 5 DAYS', "INTERVAL '5' DAY"],
    ["ARRAY[1, 2][1] = MAP['k', 1]['k']", "ARRAY[1, 2][1] = MAP['k', 1]['k']"],
    ["(1, 'a')", "(1, 'a')"],
    ['ROW(1)', 'ROW(1)'],
    ["CASE 4 WHEN 1, 2 THEN 'x' ELSE 'y' END", "CASE 4 WHEN 1 THEN 'x' WHEN 2 THEN 'x' ELSE 'y' END"],
    ["JSON_VALUE(x, '$.a' RETURNING INT NULL ON EMPTY)", "JSON_VALUE(x, '$.a' RETURNING INT NULL ON EMPTY)"],
    ['LEFT(x, 1)', 'LEFT(x, 1)'],
    ['CURRENT_TIMESTAMP', 'CURRENT_TIMESTAMP'],
    [
      'CAST(x AS ROW<a ARRAY<INT>, b DECIMAL(10, 2) NOT NULL>)',
      'CAST(x AS ROW<a ARRAY<INT>, b DECIMAL(10, 2) NOT NULL>)',
    ],
    ['(a, b) OVERLAPS (c, d)', '(a, b) OVERLAPS (c, d)'],
    ['(a + 1 - (b - c)) DAY', '(a + 1 - (b - c)) DAY'],
    ['((a - b)) HOUR TO SECOND + c', '(a - b) HOUR TO SECOND + c'],
    ['(a - b) * c', '(a - b) * c'],
    ['x = ANY (SELECT a FROM t)', 'x = ANY (SELECT a FROM t)'],
  ])('%s', (text, canonical) => {
    expect(printed(text)).toBe(canonical);
  });
});

describe('words that are no names everywhere', () => {
  it.each([
    'name',
    'type',
    'key',
    'data',
    'state',
    'level',
    'value',
    'time',
    'date',
    'timestamp',
    'count',
    'start',
    'end',
    'year',
    'hour',
    'user',
    'position',
    'interval',
    'row',
    'first',
    'offset',
    'set',
  ])('%s is a column', (name) => {
    const node = parseExpression(source(`${name} + 1`));
    expect(node).toMatchObject({ kind: 'chain', operands: [{ kind: 'column-ref', parts: [{ name }] }, {}] });
  });
});

describe('limits', () => {
  it('reads a chain of ten thousand terms as one node', () => {
    for (const operator of ['OR', 'AND', '+', '||']) {
      const node = parseExpression(
        source(Array.from({ length: 10_000 }, (_, i) => `a${String(i)}`).join(` ${operator} `)),
      );
      expect(node.kind === 'chain' && node.operands.length).toBe(10_000);
    }
  });

  it.each([
    ['(', ')'],
    ['- ', ''],
    ['NOT ', ''],
    ['f(', ')'],
    ['CASE WHEN ', ' THEN 1 END'],
    ['(SELECT ', ')'],
    ['a IN (', ')'],
    ['ARRAY[', ']'],
    ['a[', ']'],
    ['CAST(', ' AS INT)'],
    ['a = ', ''],
    ['1 - ', ''],
    ['a OR b AND ', ''],
    ['', ' IS NULL'],
    ['', '[1]'],
    ['', '[1].x'],
  ])('refuses ten thousand of "%s…%s" with a place', (open, close) => {
    const text = `${open.repeat(10_000)}a${close.repeat(10_000)}`;
    const flat = open === 'a OR b AND ';
    const error = flat ? '' : errorOf(text, parseExpression);
    if (flat) expect(parseExpression(source(text)).kind).toBe('chain');
    else expect(error).toMatch(/^PARSE_TOO_DEEP 1:\d+ .*the text is nested deeper than 500 levels/);
  });

  it('takes what is just within the limit', () => {
    expect(parseExpression(source(`${'('.repeat(450)}a${')'.repeat(450)}`)).kind).toBe('column-ref');
  });
});
