import type { Expr } from '../../contracts/expression.ts';
import { collectColumns, isDeterministic } from '../expr-tree.ts';
import type { OverNode, RankNode } from '../logical/plan.ts';

/** Whether a condition reads columns of PARTITION BY only: then a partition passes or fails as a whole. */
export function readsPartitionOnly({ partition }: OverNode | RankNode, condition: Expr): boolean {
  const columns = [...collectColumns(condition, new Set())];
  return isDeterministic(condition) && columns.length > 0 && columns.every((index) => partition.includes(index));
}
