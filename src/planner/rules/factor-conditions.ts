import type { Expr } from '../../contracts/expression.ts';
import { conjunction, conjunctsOf, exprKey } from '../expr-tree.ts';

/**
 * `(a AND x) OR (a AND y)` → `a AND (x OR y)`: an equality that all alternatives have can be the key of a join.
 * NULL included, both say the same.
 */
export function factored(condition: Expr): readonly Expr[] {
  return conjunctsOf(condition).flatMap(factorOne);
}

function factorOne(condition: Expr): readonly Expr[] {
  if (condition.kind !== 'or') return [condition];
  const alternatives = condition.args.map(conjunctsOf);
  const [first, ...others] = alternatives;
  const keys = others.map((one) => new Set(one.map(exprKey)));
  const common = (first ?? []).filter((one) => keys.every((set) => set.has(exprKey(one))));
  if (common.length === 0) return [condition];
  const shared = new Set(common.map(exprKey));
  const rests = alternatives.map((one) => conjunction(one.filter((part) => !shared.has(exprKey(part)))));
  const args = rests.filter((one) => one !== undefined);
  // An alternative without anything else makes the others redundant.
  return args.length < rests.length ? common : [...common, { ...condition, args }];
}
