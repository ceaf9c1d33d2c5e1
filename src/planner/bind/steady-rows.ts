import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import { collectColumns, isDeterministic } from '../expr-tree.ts';
import type { LogicalNode } from '../logical/plan.ts';
import { inputsOf, withInputs } from '../logical/tree.ts';
import { isOuter } from './outer-columns.ts';

/**
 * Rows with all values that `rows` have, the same each time they are computed: a domain is computed for itself. A filter
 * by chance may be left out, a value by chance cannot.
 * @param values over `rows`
 * @throws PlanError PLAN_UNSUPPORTED
 */
export function steadyRows(rows: LogicalNode, values: readonly Expr[]): LogicalNode {
  const read = new Set<number>();
  for (const value of values) columnsOf(value, read);
  return steady(rows, read);
}

/** Columns of queries further out are the same for all rows here. */
function columnsOf(expr: Expr, into: Set<number>): Set<number> {
  for (const column of collectColumns(expr, new Set())) if (!isOuter(column)) into.add(column);
  return into;
}

function steady(node: LogicalNode, read: ReadonlySet<number>): LogicalNode {
  switch (node.kind) {
    case 'filter': {
      if (!isDeterministic(node.condition)) return steady(node.input, read);
      return withInputs(node, [steady(node.input, columnsOf(node.condition, new Set(read)))]);
    }
    case 'project': {
      const below = new Set<number>();
      for (const column of read) {
        const expr = node.exprs[column]!;
        if (!isDeterministic(expr)) throw byChance(expr, node);
        columnsOf(expr, below);
      }
      return withInputs(node, [steady(node.input, below)]);
    }
    case 'scan':
      for (const column of read) {
        const expr = node.outputs[column]!;
        if (!isDeterministic(expr)) throw byChance(expr, node);
      }
      return node;
    case 'join': {
      const condition = node.condition === undefined ? [] : [node.condition];
      if (!condition.every(isDeterministic)) throw byChance(condition[0], node);
      const all = new Set(read);
      for (const one of condition) columnsOf(one, all);
      const width = node.left.schema.fields.length;
      const left = [...all].filter((column) => column < width);
      const right = [...all].map((column) => column - width).filter((column) => column >= 0);
      const { joinType } = node;
      // A side that is filled up with NULL shows other rows when it has more of them.
      if (joinType === 'inner')
        return withInputs(node, [steady(node.left, new Set(left)), steady(node.right, new Set(right))]);
      checkAll(node.right);
      if (joinType === 'right' || joinType === 'full') {
        checkAll(node.left);
        return node;
      }
      return withInputs(node, [steady(node.left, new Set(left)), node.right]);
    }
    default:
      for (const one of inputsOf(node)) checkAll(one);
      return node;
  }
}

/** Whether a plan gives the same rows each time it is computed. */
export function isSteady(plan: LogicalNode): boolean {
  try {
    checkAll(plan);
    return true;
  } catch (error) {
    if (error instanceof PlanError) return false;
    throw error;
  }
}

/** Nothing may be left to chance where it decides which rows come together. */
function checkAll(node: LogicalNode): void {
  if (node.kind === 'filter' && !isDeterministic(node.condition)) throw byChance(node.condition, node);
  if (node.kind === 'project') {
    // A processing time is carried along by nearly everything and read by hardly anything.
    for (const expr of node.exprs) if (!isDeterministic(expr) && !isProcessingTime(expr)) throw byChance(expr, node);
  }
  for (const one of inputsOf(node)) checkAll(one);
}

function isProcessingTime(expr: Expr): boolean {
  return expr.kind === 'call' && expr.name === 'PROCTIME';
}

function byChance(expr: Expr | undefined, node: LogicalNode): PlanError {
  return new PlanError('PLAN_UNSUPPORTED', 'a sub-query depends on a value that is another one each time', {
    span: expr?.span ?? node.span,
    hint: 'The values that it depends on are computed twice: leave RAND(), UUID(), NOW() and PROCTIME() out of them.',
  });
}
