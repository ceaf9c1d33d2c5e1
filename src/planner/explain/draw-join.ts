import { printExpr } from '../../expr/print.ts';
import type { RegularJoinExec } from '../physical/plan.ts';
import { list } from './attributes.ts';

export function joinAttributes(node: RegularJoinExec): Readonly<Record<string, string | undefined>> {
  const [left, right] = [node.left.schema.fields, node.right.schema.fields];
  const keys = node.keys.map((key) => {
    const operator = key.nullsMatch ? 'IS NOT DISTINCT FROM' : '=';
    return `${left[key.left]?.name ?? ''} ${operator} ${right[key.right]?.name ?? ''}`;
  });
  return {
    type: node.joinType,
    keys: keys.length === 0 ? undefined : list(keys),
    condition: node.condition && printExpr(node.condition.expr),
  };
}
