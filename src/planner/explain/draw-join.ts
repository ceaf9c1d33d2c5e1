import type { Expr } from '../../contracts/expression.ts';
import { printExpr } from '../../expr/print.ts';
import type { Field } from '../../types/schema.ts';
import { replaceColumns } from '../expr-tree.ts';
import { uniqueNames } from '../logical/build.ts';
import type { JoinNode } from '../logical/plan.ts';
import type { RegularJoinExec } from '../physical/plan.ts';
import { list } from './attributes.ts';

export function joinAttributes(node: RegularJoinExec): Readonly<Record<string, string | undefined>> {
  const [left, right] = [node.left.schema.fields, node.right.schema.fields];
  const keys = node.keys.map((key) => {
    const operator = key.nullsMatch ? 'IS NOT DISTINCT FROM' : '=';
    return `${left[key.left]?.name ?? ''} ${operator} ${right[key.right]?.name ?? ''}`;
  });
  const { condition } = node;
  return {
    type: node.joinType,
    keys: keys.length === 0 ? undefined : list(keys),
    condition: condition && printed(condition.expr, [...left, ...right], (index) => condition.columns[index] ?? index),
  };
}

export function joinCondition({ condition, left, right }: JoinNode): string | undefined {
  return condition && printed(condition, [...left.schema.fields, ...right.schema.fields], (index) => index);
}

/** Columns of one name on both sides are told apart by a number: `(k = k0)`. */
function printed(expr: Expr, fields: readonly Field[], place: (index: number) => number): string {
  const names = uniqueNames(fields.map((field) => field.name));
  return printExpr(
    replaceColumns(expr, (index, _, column) => ({ ...column, name: names[place(index)] ?? column.name })),
  );
}
