import type { Expr } from '../../contracts/expression.ts';
import type { ScalarImplementation } from '../../contracts/function.ts';
import type { Span } from '../../errors/span.ts';
import { BOOLEAN } from '../../types/sql-type.ts';
import { collectColumns, conjunctsOf, exprKey, isDeterministic, moveColumns } from '../expr-tree.ts';
import type { JoinNode, JoinType, LogicalField, LogicalNode } from './plan.ts';

/** The column that a mark join adds. */
const MARK = 'mark$';

/** @param condition over the columns of both inputs; undefined: every pair */
export function join(
  joinType: JoinType,
  left: LogicalNode,
  right: LogicalNode,
  { condition, span }: { readonly condition: Expr | undefined; readonly span?: Span | undefined },
): JoinNode {
  return {
    kind: 'join',
    joinType,
    left,
    right,
    condition,
    schema: { fields: joinFields(joinType, left, right) },
    span,
  };
}

/** The columns that a join of this type gives. */
export function joinFields(joinType: JoinType, left: LogicalNode, right: LogicalNode): readonly LogicalField[] {
  const lefts = left.schema.fields;
  const rights = right.schema.fields;
  const nullable = (fields: readonly LogicalField[]): readonly LogicalField[] =>
    fields.map((field) => (field.nullable ? field : { ...field, nullable: true }));
  switch (joinType) {
    case 'inner':
      return [...lefts, ...rights];
    case 'left':
      return [...lefts, ...nullable(rights)];
    case 'right':
      return [...nullable(lefts), ...rights];
    case 'full':
      return [...nullable(lefts), ...nullable(rights)];
    case 'semi':
    case 'anti':
      return lefts;
    case 'mark':
      return [...lefts, { name: MARK, type: BOOLEAN, nullable: false }];
  }
}

/** `left` over the columns of the left input, `right` over those of the right one. */
export interface JoinEquality {
  readonly left: Expr;
  readonly right: Expr;
  /** IS NOT DISTINCT FROM: NULL meets NULL. */
  readonly nullsMatch: boolean;
}

/** A condition taken apart: what rows can be looked up by, and the rest, over both inputs. */
export interface JoinParts {
  readonly equalities: readonly JoinEquality[];
  readonly rest: readonly Expr[];
}

/** Equalities between an expression of one side and an expression of the other, and all other conjuncts. */
export function joinParts({ condition, left }: Pick<JoinNode, 'condition' | 'left'>): JoinParts {
  const width = left.schema.fields.length;
  const equalities: JoinEquality[] = [];
  const rest: Expr[] = [];
  for (const one of condition === undefined ? [] : conjunctsOf(condition)) {
    const found = equality(one, width);
    if (found === undefined) rest.push(one);
    else equalities.push(found);
  }
  return { equalities, rest };
}

function equality(expr: Expr, width: number): JoinEquality | undefined {
  const sides = equalSides(expr);
  if (sides === undefined || !isDeterministic(expr)) return undefined;
  const { nullsMatch } = sides;
  const [a, b] = sides.args;
  const [sideA, sideB] = [sideOf(a, width), sideOf(b, width)];
  const toRight = (one: Expr): Expr => moveColumns(one, (index) => index - width);
  if (sideA === 'left' && sideB === 'right') return { left: a, right: toRight(b), nullsMatch };
  if (sideA === 'right' && sideB === 'left') return { left: b, right: toRight(a), nullsMatch };
  return undefined;
}

/** `a IS NOT DISTINCT FROM b` of two columns of one type: rows are found by it, NULL by NULL. */
export function sameValue(a: Expr, b: Expr): Expr {
  return { kind: 'call', name: 'IS NOT DISTINCT FROM', args: [a, b], impl: isSameValue, type: BOOLEAN };
}

// Keys are compared by the operator that keeps them: this is never computed for a row.
const isSameValue: ScalarImplementation = {
  nulls: 'custom',
  mayReturnNull: false,
  deterministic: true,
  kernel: (a: unknown, b: unknown) => a === b,
};

interface EqualSides {
  readonly args: readonly [Expr, Expr];
  readonly nullsMatch: boolean;
}

/** The sides of `a = b` and of `a IS NOT DISTINCT FROM b`. */
export function equalSides(expr: Expr): EqualSides | undefined {
  if (expr.kind === 'call') {
    if (expr.name === '=') return sides(expr, false);
    return expr.name === 'IS NOT DISTINCT FROM' ? sides(expr, true) : undefined;
  }
  if (expr.kind === 'or') return equalOrBothNull(expr);
  if (expr.kind !== 'not') return undefined;
  const compared = notDistinct(expr.arg);
  return compared?.kind === 'call' && compared.name === '<>' ? sides(compared, true) : undefined;
}

function sides({ args }: Extract<Expr, { kind: 'call' }>, nullsMatch: boolean): EqualSides | undefined {
  const [a, b] = args;
  return a === undefined || b === undefined || args.length > 2 ? undefined : { args: [a, b], nullsMatch };
}

/** `a = b OR (a IS NULL AND b IS NULL)`, in whatever order. */
function equalOrBothNull({ args }: Extract<Expr, { kind: 'and' | 'or' }>): EqualSides | undefined {
  if (args.length !== 2) return undefined;
  const equal = args.find((one) => one.kind === 'call' && one.name === '=');
  const nulls = args.find((one) => one.kind === 'and' && one.args.length === 2);
  if (equal?.kind !== 'call' || nulls?.kind !== 'and') return undefined;
  const tested = nulls.args.flatMap((one) => (one.kind === 'is-null' ? [exprKey(one.arg)] : []));
  const same = equal.args.map(exprKey).sort().join() === tested.sort().join();
  return same ? sides(equal, true) : undefined;
}

/** The `a <> b` inside of `a IS DISTINCT FROM b` as the binder writes it out. */
function notDistinct(expr: Expr): Expr | undefined {
  if (expr.kind !== 'case' || expr.whens.length !== 2) return undefined;
  const [first, second] = expr.whens;
  const written =
    first?.when.kind === 'is-null' &&
    first.then.kind === 'is-not-null' &&
    second?.when.kind === 'is-null' &&
    exprKey(first.then.arg) === exprKey(second.when.arg) &&
    second.then.kind === 'literal' &&
    second.then.value === true;
  return written ? expr.otherwise : undefined;
}

/** The one side whose columns an expression reads; undefined: both or none. */
export function sideOf(expr: Expr, width: number): 'left' | 'right' | undefined {
  const columns = [...collectColumns(expr, new Set())];
  if (columns.length === 0) return undefined;
  if (columns.every((index) => index < width)) return 'left';
  return columns.every((index) => index >= width) ? 'right' : undefined;
}
