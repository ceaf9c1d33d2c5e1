import type { ColumnExpr, Expr, LiteralExpr } from '../contracts/expression.ts';
import { typeName } from '../types/sql-type.ts';

/** The direct parts of an expression. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return [];
    case 'call':
    case 'and':
    case 'or':
      return expr.args;
    case 'case':
      return [...expr.whens.flatMap((one) => [one.when, one.then]), expr.otherwise];
    case 'not':
    case 'is-null':
    case 'is-not-null':
      return [expr.arg];
    case 'in':
      return [expr.arg, ...expr.values];
  }
}

/** The same expression with every direct part replaced; the expression itself when nothing changed. */
export function mapParts(expr: Expr, change: (part: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return expr;
    case 'call': {
      const args = mapAll(expr.args, change);
      return args === expr.args ? expr : { ...expr, args };
    }
    case 'and':
    case 'or': {
      const args = mapAll(expr.args, change);
      return args === expr.args ? expr : { ...expr, args };
    }
    case 'case':
      return {
        ...expr,
        whens: expr.whens.map((one) => ({ when: change(one.when), then: change(one.then) })),
        otherwise: change(expr.otherwise),
      };
    case 'not':
    case 'is-null':
    case 'is-not-null':
    case 'in': {
      const arg = change(expr.arg);
      return arg === expr.arg ? expr : { ...expr, arg };
    }
  }
}

function mapAll(list: readonly Expr[], change: (part: Expr) => Expr): readonly Expr[] {
  let changed = false;
  const mapped = list.map((one) => {
    const next = change(one);
    if (next !== one) changed = true;
    return next;
  });
  return changed ? mapped : list;
}

/** Puts an expression in place of every column. */
export function replaceColumns(
  expr: Expr,
  replacement: (index: number, name: string, column: ColumnExpr) => Expr,
): Expr {
  if (expr.kind === 'column') return replacement(expr.index, expr.name, expr);
  return mapParts(expr, (part) => replaceColumns(part, replacement));
}

/** Columns keep their identity and get other places. */
export function moveColumns(expr: Expr, place: (index: number) => number): Expr {
  if (expr.kind === 'column') {
    const index = place(expr.index);
    return index === expr.index ? expr : { ...expr, index };
  }
  return mapParts(expr, (part) => moveColumns(part, place));
}

/** Adds every column the expression reads to `into`. */
export function collectColumns(expr: Expr, into: Set<number>): Set<number> {
  if (expr.kind === 'column') into.add(expr.index);
  else for (const part of partsOf(expr)) collectColumns(part, into);
  return into;
}

export function isDeterministic(expr: Expr): boolean {
  if (expr.kind === 'call' && !expr.impl.deterministic) return false;
  return partsOf(expr).every(isDeterministic);
}

const constants = new WeakMap<Expr, boolean>();

/** Whether an expression has the same value on every row, so that folding it gives a literal or a failure. */
export function isConstant(expr: Expr): boolean {
  let constant = constants.get(expr);
  if (constant === undefined) {
    const sameEachTime = expr.kind !== 'column' && (expr.kind !== 'call' || expr.impl.deterministic);
    constants.set(expr, (constant = sameEachTime && partsOf(expr).every(isConstant)));
  }
  return constant;
}

/** The conjuncts of a condition. */
export function conjunctsOf(condition: Expr): readonly Expr[] {
  return condition.kind === 'and' ? condition.args.flatMap(conjunctsOf) : [condition];
}

/** Conjuncts put together again; undefined for none. */
export function conjunction(conjuncts: readonly Expr[]): Expr | undefined {
  if (conjuncts.length < 2) return conjuncts[0];
  return { kind: 'and', args: conjuncts, type: { kind: 'boolean' } };
}

const keys = new WeakMap<Expr, string>();

/** Equal texts mean equal expressions (spans and names of columns aside). */
export function exprKey(expr: Expr): string {
  let key = keys.get(expr);
  if (key === undefined) keys.set(expr, (key = computeKey(expr)));
  return key;
}

function computeKey(expr: Expr): string {
  const parts = partsOf(expr).map(exprKey).join(',');
  switch (expr.kind) {
    case 'column':
      return `$${expr.index}`;
    case 'literal':
      return literalKey(expr);
    case 'call':
      return `${expr.name}:${typeName(expr.type)}(${parts})`;
    case 'in':
      return `in${expr.hasNull ? '?' : ''}(${parts})`;
    default:
      return `${expr.kind}(${parts})`;
  }
}

function literalKey(literal: LiteralExpr): string {
  const { value } = literal;
  const text = value === null ? 'NULL' : Object.is(value, -0) ? '-0' : JSON.stringify(String(value));
  return `${typeName(literal.type)}:${text}`;
}
