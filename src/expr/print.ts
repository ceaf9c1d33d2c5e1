import type { CallExpr, Expr, LiteralExpr } from '../contracts/expression.ts';
import { typeName } from '../types/sql-type.ts';
import { printLiteral } from './print-literal.ts';

/** Names printed between their operands. */
const infix = new Set([
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '||',
  'LIKE',
  'NOT LIKE',
  'SIMILAR TO',
  'IS DISTINCT FROM',
  'IS NOT DISTINCT FROM',
]);
const postfix = /^IS (NOT )?(TRUE|FALSE|UNKNOWN)$/;

/** An expression as EXPLAIN shows it: `(status >= 500)`, `UPPER(name)`, `CAST(x AS BIGINT)`. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'column':
      return expr.name;
    case 'literal':
      return printLiteral(expr);
    case 'call':
      return printCall(expr);
    case 'case': {
      const whens = expr.whens.map(({ when, then }) => `WHEN ${printExpr(when)} THEN ${printExpr(then)}`);
      const otherwise = isNull(expr.otherwise) ? '' : ` ELSE ${printExpr(expr.otherwise)}`;
      return `CASE ${whens.join(' ')}${otherwise} END`;
    }
    case 'and':
    case 'or':
      return `(${expr.args.map(printExpr).join(expr.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `NOT ${printExpr(expr.arg)}`;
    case 'is-null':
      return `(${printExpr(expr.arg)} IS NULL)`;
    case 'is-not-null':
      return `(${printExpr(expr.arg)} IS NOT NULL)`;
    case 'in': {
      const values = expr.values.map(printExpr);
      if (expr.hasNull) values.push('NULL');
      return `(${printExpr(expr.arg)} IN (${values.join(', ')}))`;
    }
  }
}

function printCall(expr: CallExpr): string {
  const { name } = expr;
  const [first, second] = expr.args;
  if (first !== undefined && second !== undefined && expr.args.length === 2 && infix.has(name)) {
    return `(${printExpr(first)} ${name} ${printExpr(second)})`;
  }
  if (first !== undefined && expr.args.length === 1) {
    if (name === 'CAST' || name === 'TRY_CAST') return `${name}(${printExpr(first)} AS ${typeName(expr.type)})`;
    if (name === 'NEGATE') return `(-${printExpr(first)})`;
    if (postfix.test(name)) return `(${printExpr(first)} ${name})`;
  }
  return printNested(expr) ?? `${name}(${expr.args.map(printExpr).join(', ')})`;
}

/** Constructors of nested values and what takes a part of one, as they are written. */
function printNested({ name, args }: CallExpr): string | undefined {
  const [operand, place] = args;
  if (name === 'ARRAY' || name === 'MAP') return `${name}[${args.map(printExpr).join(', ')}]`;
  if (operand === undefined || place === undefined) return undefined;
  if (name === '[]') return `${printExpr(operand)}[${printExpr(place)}]`;
  return name === '.' && place.kind === 'literal' ? `${printExpr(operand)}.${String(place.value)}` : undefined;
}

function isNull(expr: Expr): expr is LiteralExpr {
  return expr.kind === 'literal' && expr.value === null;
}
