import { Batch } from '../columnar/batch.ts';
import type { Value } from '../columnar/builder.ts';
import { ByteSlice } from '../columnar/byte-slice.ts';
import type { CaseExpr, Expr, LiteralExpr, LogicExpr } from '../contracts/expression.ts';
import { schema } from '../types/schema.ts';
import { BOOLEAN } from '../types/sql-type.ts';
import { interpret } from './interpret.ts';

/**
 * Computes what does not depend on a row and removes conditions that decide nothing. Types stay; an expression whose
 * computation fails is left as it is, because its row may never come.
 */
export function fold(expr: Expr): Expr {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return expr;
    case 'call': {
      const args = foldAll(expr.args);
      const folded = args === expr.args ? expr : { ...expr, args };
      return expr.impl.deterministic && args.every(isLiteral) ? evaluated(folded) : folded;
    }
    case 'case':
      return foldCase(expr);
    case 'and':
    case 'or':
      return foldLogic(expr);
    case 'not': {
      const arg = fold(expr.arg);
      if (arg.kind === 'not') return arg.arg;
      const folded = arg === expr.arg ? expr : { ...expr, arg };
      return isLiteral(arg) ? evaluated(folded) : folded;
    }
    case 'is-null':
    case 'is-not-null':
    case 'in': {
      const arg = fold(expr.arg);
      const folded = arg === expr.arg ? expr : { ...expr, arg };
      return isLiteral(arg) ? evaluated(folded) : folded;
    }
  }
}

function isLiteral(expr: Expr): expr is LiteralExpr {
  return expr.kind === 'literal';
}

function foldAll(args: readonly Expr[]): readonly Expr[] {
  const folded = args.map(fold);
  return folded.every((arg, i) => arg === args[i]) ? args : folded;
}

const noColumns = new Batch(schema([]), [], 1);

/** The value of an expression over literals as a literal of its type, or the expression when it cannot be computed. */
function evaluated(expr: Expr): Expr {
  let value: Value;
  try {
    value = interpret(expr, noColumns, 0);
  } catch {
    return expr;
  }
  // A result may be a view of a register that the next call refills.
  if (value instanceof ByteSlice) value = ByteSlice.ofBytes(value.toBytes());
  return { kind: 'literal', type: expr.type, value, ...(expr.span === undefined ? {} : { span: expr.span }) };
}

/** `x AND TRUE` is x, `FALSE AND x` is FALSE; what stands before a deciding literal stays, because it may fail. */
function foldLogic(expr: LogicExpr): Expr {
  const decisive = expr.kind === 'or';
  const args: Expr[] = [];
  for (const arg of expr.args.map(fold)) {
    // `(a AND b) AND c` is one list.
    const parts = arg.kind === expr.kind ? arg.args : [arg];
    for (const part of parts) {
      if (isLiteral(part) && part.value === !decisive) continue;
      args.push(part);
      if (isLiteral(part) && part.value === decisive) return logic(expr, args, decisive);
    }
  }
  return logic(expr, args, decisive);
}

function logic(expr: LogicExpr, args: readonly Expr[], decisive: boolean): Expr {
  const [first] = args;
  if (first === undefined) return { kind: 'literal', type: BOOLEAN, value: !decisive };
  if (args.length === 1) return first;
  if (args.every((arg) => isLiteral(arg) || neverFails(arg))) {
    const decider = args.find((arg) => isLiteral(arg) && arg.value === decisive);
    if (decider !== undefined) return decider;
  }
  return { ...expr, args };
}

/** Conditions whose evaluation cannot fail, so that dropping them is not seen. */
function neverFails(expr: Expr): boolean {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return true;
    case 'not':
    case 'is-null':
    case 'is-not-null':
    case 'in':
      return neverFails(expr.arg);
    case 'and':
    case 'or':
      return expr.args.every(neverFails);
    case 'call':
      // An inline form promises that it never throws.
      return expr.impl.inline !== undefined && expr.args.every(neverFails);
    case 'case':
      return false;
  }
}

function foldCase(expr: CaseExpr): Expr {
  const whens: { when: Expr; then: Expr }[] = [];
  let otherwise: Expr | undefined;
  for (const { when, then } of expr.whens) {
    const condition = fold(when);
    if (isLiteral(condition)) {
      if (condition.value !== true) continue;
      otherwise = fold(then);
      break;
    }
    whens.push({ when: condition, then: fold(then) });
  }
  otherwise ??= fold(expr.otherwise);
  if (whens.length === 0) {
    // A bare NULL takes the type of the CASE.
    return isLiteral(otherwise) && otherwise.value === null ? { ...otherwise, type: expr.type } : otherwise;
  }
  return { ...expr, whens, otherwise };
}
