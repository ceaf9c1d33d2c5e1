import { describe, expect, it } from 'vitest';
import { ByteSlice } from '../../../src/columnar/byte-slice.ts';
import type { Value } from '../../../src/columnar/builder.ts';
import type { CallExpr, Expr } from '../../../src/contracts/expression.ts';
import { fold } from '../../../src/expr/fold.ts';
import { printExpr } from '../../../src/expr/print.ts';
import { createFunctionRegistry } from '../../../src/functions/registry.ts';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  INT,
  TIMESTAMP,
  VARCHAR,
  decimal,
  type SqlType,
} from '../../../src/types/sql-type.ts';

const registry = createFunctionRegistry();
const context = { compatibility: 'blink', timeZone: 'UTC', now: () => 0, regexpBacktracking: false } as const;

function call(name: string, ...args: readonly Expr[]): CallExpr {
  const site = {
    types: args.map(({ type }) => type),
    literals: args.map((arg) => (arg.kind === 'literal' ? arg.value : undefined)),
    context,
  };
  const binding = registry.scalar(name)!.resolve(site)!;
  return { kind: 'call', name, args, type: binding.returns, impl: binding.impl };
}
const x: Expr = { kind: 'column', index: 0, type: INT, name: 'x' };
const flag: Expr = { kind: 'column', index: 1, type: BOOLEAN, name: 'flag' };
const name: Expr = { kind: 'column', index: 2, type: VARCHAR, name: 'name' };
const literal = (type: SqlType, value: Value | string): Expr => ({
  kind: 'literal',
  type,
  value: typeof value === 'string' ? ByteSlice.ofString(value) : value,
});
const TRUE = literal(BOOLEAN, true);
const FALSE = literal(BOOLEAN, false);
const UNKNOWN = literal(BOOLEAN, null);
const one = literal(INT, 1);
const and = (...args: readonly Expr[]): Expr => ({ kind: 'and', type: BOOLEAN, args });
const or = (...args: readonly Expr[]): Expr => ({ kind: 'or', type: BOOLEAN, args });
const folded = (expr: Expr): string => printExpr(fold(expr));

describe('fold', () => {
  it('computes calls over literals, inside out', () => {
    expect(folded(call('*', call('+', one, one), literal(INT, 21)))).toBe('42');
    expect(folded(call('+', x, call('+', one, one)))).toBe('(x + 2)');
    expect(folded(call('UPPER', literal(VARCHAR, 'abc')))).toBe("'ABC'");
    expect(folded(call('+', one, literal(INT, null)))).toBe('NULL');
  });

  it('keeps a text result apart from the register it was made in', () => {
    const upper = call('UPPER', literal(VARCHAR, 'abc'));
    const first = fold(upper);
    fold({ ...upper, args: [literal(VARCHAR, 'xyz')] });
    expect(printExpr(first)).toBe("'ABC'");
  });

  it('leaves what fails, and what differs from row to row, for run time', () => {
    expect(folded(call('DIV', one, literal(INT, 0)))).toBe('DIV(1, 0)');
    expect(folded(call('RAND'))).toBe('RAND()');
  });

  it('removes conditions that decide nothing', () => {
    expect(folded(and(TRUE, flag, TRUE))).toBe('flag');
    expect(folded(or(flag, FALSE))).toBe('flag');
    expect(folded(and(TRUE, TRUE))).toBe('TRUE');
    expect(folded(and(and(flag, call('>', x, one)), TRUE))).toBe('(flag AND (x > 1))');
    expect(folded(and(flag, UNKNOWN))).toBe('(flag AND NULL)');
  });

  it('lets a literal decide, unless something before it may fail', () => {
    expect(folded(and(flag, FALSE, call('=', x, one)))).toBe('FALSE');
    expect(folded(or(call('=', x, one), TRUE))).toBe('TRUE');
    const mayFail = call('=', call('DIV', one, x), one);
    expect(folded(and(mayFail, FALSE))).toBe('((DIV(1, x) = 1) AND FALSE)');
    expect(folded(and(FALSE, mayFail))).toBe('FALSE');
  });

  it('takes the branch of a CASE that is known, with the type of the CASE', () => {
    const whens = (when: Expr): Expr => ({
      kind: 'case',
      type: INT,
      whens: [
        { when: FALSE, then: one },
        { when, then: x },
      ],
      otherwise: { kind: 'literal', type: { kind: 'null' }, value: null },
    });
    expect(folded(whens(TRUE))).toBe('x');
    expect(folded(whens(flag))).toBe('CASE WHEN flag THEN x END');
    expect(fold(whens(UNKNOWN))).toEqual({ kind: 'literal', type: INT, value: null });
  });

  it('removes double negation and tests of literals', () => {
    const not = (arg: Expr): Expr => ({ kind: 'not', type: BOOLEAN, arg });
    expect(folded(not(not(flag)))).toBe('flag');
    expect(folded(not(TRUE))).toBe('FALSE');
    expect(folded({ kind: 'is-null', type: BOOLEAN, arg: UNKNOWN })).toBe('TRUE');
  });
});

describe('printExpr', () => {
  it('writes expressions as SQL', () => {
    expect(printExpr(call('>=', x, literal(INT, 500)))).toBe('(x >= 500)');
    expect(printExpr(call('UPPER', name))).toBe('UPPER(name)');
    const cast = registry.cast(INT, BIGINT, 'cast', context)!;
    expect(printExpr({ kind: 'call', name: 'CAST', type: BIGINT, args: [x], impl: cast })).toBe('CAST(x AS BIGINT)');
    expect(printExpr(call('NEGATE', x))).toBe('(-x)');
    expect(printExpr(call('IS NOT TRUE', flag))).toBe('(flag IS NOT TRUE)');
    expect(
      printExpr({
        kind: 'in',
        type: BOOLEAN,
        arg: x,
        hasNull: true,
        values: [one as Expr & { kind: 'literal' }],
      }),
    ).toBe('(x IN (1, NULL))');
    expect(printExpr({ kind: 'is-not-null', type: BOOLEAN, arg: x })).toBe('(x IS NOT NULL)');
  });

  it('writes literals of every type', () => {
    expect(printExpr(literal(VARCHAR, "it's"))).toBe("'it''s'");
    expect(printExpr(literal(decimal(10, 2), -150n))).toBe('-1.50');
    expect(printExpr(literal(DATE, 17_000))).toBe("DATE '2016-07-18'");
    expect(printExpr(literal(TIMESTAMP, 1_521_503_999_001))).toBe("TIMESTAMP '2018-03-19 23:59:59.001'");
    expect(printExpr(literal(DOUBLE, 1.5))).toBe('1.5');
    expect(printExpr(literal({ kind: 'varbinary', length: undefined }, ByteSlice.ofBytes(Uint8Array.of(1, 255))))).toBe(
      "X'01ff'",
    );
    expect(printExpr(literal({ kind: 'interval-day' }, 90_000))).toBe("INTERVAL '90' SECOND");
    expect(printExpr(TRUE)).toBe('TRUE');
  });
});
