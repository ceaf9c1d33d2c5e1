import type { Expr } from '../../contracts/expression.ts';
import { entryOf } from '../catalog-table.ts';
import { conjunction, conjunctsOf, isDeterministic, replaceColumns } from '../expr-tree.ts';
import { filter } from '../logical/build.ts';
import type { LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { rewriteUp, withInputs } from '../logical/tree.ts';
import type { Rule } from './rule.ts';

/**
 * A source that evaluates conditions itself decodes the other columns only of rows that pass. The connector decides
 * which conjuncts it takes; the rest stays above. The watermark still sees every row (D4).
 */
export const pushFilterIntoScan: Rule = {
  name: 'push-filter-into-scan',
  apply: (plan) => rewriteUp(plan, push) as LogicalRoot,
};

function push(node: LogicalNode): LogicalNode {
  if (node.kind !== 'filter') return node;
  const scan = node.input;
  if (scan.kind !== 'scan') return node;
  const entry = entryOf(scan.table);
  if (entry?.acceptsFilter === undefined) return node;
  const pushed: Expr[] = [];
  const rest: Expr[] = [];
  for (const one of conjunctsOf(node.condition)) {
    const physical = replaceColumns(one, (index) => scan.outputs[index]!);
    const taken = isDeterministic(physical) && entry.acceptsFilter(physical, scan.table.descriptor);
    if (taken) pushed.push(physical);
    else rest.push(one);
  }
  if (pushed.length === 0) return node;
  const input: LogicalNode = { ...scan, pushed: [...scan.pushed, ...pushed] };
  const left = conjunction(rest);
  return left === undefined ? withInputs(input, []) : filter(input, left, node.span);
}
