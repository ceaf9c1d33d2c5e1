import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import { partsOf } from '../expr-tree.ts';
import type { LogicalField, LogicalNode } from '../logical/plan.ts';

/** Whether the watermark is read in a filter or projection: then it matters on every row. */
export function readsWatermark(node: LogicalNode): boolean {
  return (node.kind === 'filter' || node.kind === 'project') && exprsOf(node).some((one) => callIn(one) !== undefined);
}

/**
 * CURRENT_WATERMARK is of an event time and is evaluated by filters and projections alone.
 * @throws PlanError PLAN_ARGUMENTS, PLAN_UNSUPPORTED
 */
export function checkCurrentWatermark(node: LogicalNode): void {
  for (const expr of exprsOf(node)) {
    const call = callIn(expr);
    if (call === undefined) continue;
    if (node.kind !== 'filter' && node.kind !== 'project') {
      throw new PlanError('PLAN_UNSUPPORTED', 'CURRENT_WATERMARK stands in SELECT and WHERE only', {
        span: call.span ?? expr.span ?? node.span,
        hint: 'Name it in a sub-query: (SELECT *, CURRENT_WATERMARK(ts) AS w FROM t).',
      });
    }
    checkArguments(expr, node.input.schema.fields);
  }
}

function checkArguments(expr: Expr, fields: readonly LogicalField[]): void {
  if (isCall(expr)) {
    const [arg] = expr.args;
    if (arg?.kind === 'column' && fields[arg.index]?.time === 'rowtime') return;
    throw new PlanError('PLAN_ARGUMENTS', 'CURRENT_WATERMARK takes a column that is an event time', {
      span: arg?.span ?? expr.span,
      hint: 'Name the column of the WATERMARK as it is: no expression of it, no processing time, not behind a join or GROUP BY without window.',
    });
  }
  for (const part of partsOf(expr)) checkArguments(part, fields);
}

function isCall(expr: Expr): expr is Extract<Expr, { kind: 'call' }> {
  return expr.kind === 'call' && expr.name === 'CURRENT_WATERMARK';
}

function callIn(expr: Expr): Expr | undefined {
  if (isCall(expr)) return expr;
  for (const part of partsOf(expr)) {
    const found = callIn(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

function exprsOf(node: LogicalNode): readonly Expr[] {
  switch (node.kind) {
    case 'filter':
      return [node.condition];
    case 'project':
      return node.exprs;
    case 'scan':
      return node.outputs;
    case 'correlate':
      return node.args;
    case 'lookup-join':
      return [...node.outputs, ...(node.condition === undefined ? [] : [node.condition])];
    case 'join':
    case 'temporal-join':
      return node.condition === undefined ? [] : [node.condition];
    case 'match': {
      const { output, variables } = node.spec;
      return [...output.exprs, ...variables.flatMap((one) => one.rest?.exprs ?? [])];
    }
    default:
      return [];
  }
}
