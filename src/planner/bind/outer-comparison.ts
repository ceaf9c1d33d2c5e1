import type { Expr } from '../../contracts/expression.ts';
import { collectColumns } from '../expr-tree.ts';
import { equalSides } from '../logical/join.ts';
import { isOuter, readsOuter } from './outer-columns.ts';

/** What a sub-query says about the query around it cannot be taken out of it. */
export class NotFree extends Error {}

export interface ComparedWithOuter {
  readonly condition: Extract<Expr, { kind: 'call' }>;
  /** The side that the sub-query has. */
  readonly own: Expr;
}

/**
 * A comparison of a value of the sub-query with one of the query around: only equalities can become keys.
 * @throws NotFree
 */
export function comparedWithOuter(condition: Expr): ComparedWithOuter {
  const args = equalSides(condition)?.args ?? [];
  const own = args.find((one) => !readsOuter(one));
  const outer = args.find(readsOuter);
  const pure = outer !== undefined && [...collectColumns(outer, new Set())].every(isOuter);
  if (condition.kind !== 'call' || own === undefined || !pure) throw new NotFree();
  return { condition, own };
}

export function replacePart(condition: Extract<Expr, { kind: 'call' }>, from: Expr, to: Expr): Expr {
  return { ...condition, args: condition.args.map((one) => (one === from ? to : one)) };
}
