import type { ColumnExpr, Expr } from '../../contracts/expression.ts';
import type { ColumnRef } from '../../parser/ast/expression.ts';
import { collectColumns, moveColumns, partsOf } from '../expr-tree.ts';
import type { LogicalNode } from '../logical/plan.ts';
import { inputsOf, rewriteUp } from '../logical/tree.ts';
import type { FoldSpec } from '../physical/plan.ts';
import type { Names } from './scope.ts';

/**
 * Columns of the query around a sub-query stand behind all others while the sub-query is bound; those of the query
 * around that one twice as far, and so on.
 */
const OUTER = 2 ** 32;

/** What a sub-query sees of the query around it. */
export function outerNames(names: Names): Names {
  return { column: (ref: ColumnRef) => moveColumns(names.column(ref), (index) => index + OUTER) };
}

export function isOuter(index: number): boolean {
  return index >= OUTER;
}

/** Whether a column is of the query next around. */
export function isNextOuter(index: number): boolean {
  return index >= OUTER && index < 2 * OUTER;
}

/** The column as the query around sees it. */
export function fromOuter(index: number): number {
  return index - OUTER;
}

/** All columns of a plan as a query within it names them. */
export function outerColumnsOf(plan: LogicalNode): readonly { readonly index: number }[] {
  return plan.schema.fields.map((_, i) => ({ index: i + OUTER }));
}

export function readsOuter(expr: Expr): boolean {
  for (const index of collectColumns(expr, new Set())) if (isOuter(index)) return true;
  return false;
}

/** Whether anything in a plan depends on the query around it. */
export function isCorrelatedPlan(plan: LogicalNode): boolean {
  return exprsOf(plan).some(readsOuter) || inputsOf(plan).some(isCorrelatedPlan);
}

/** The columns of the query next around that a plan reads, each once, as the plan names them. */
export function nextOuterColumns(plan: LogicalNode): readonly ColumnExpr[] {
  const found = new Map<number, ColumnExpr>();
  const see = (expr: Expr): void => {
    if (expr.kind !== 'column') partsOf(expr).forEach(see);
    else if (isNextOuter(expr.index)) found.set(expr.index, expr);
  };
  const walk = (node: LogicalNode): void => {
    exprsOf(node).forEach(see);
    inputsOf(node).forEach(walk);
  };
  walk(plan);
  return [...found.values()].sort((a, b) => a.index - b.index);
}

/** The plan as a query so many levels further in (or, negative, out) would have bound it. */
export function movedLevels(plan: LogicalNode, levels: number): LogicalNode {
  if (levels === 0 || !isCorrelatedPlan(plan)) return plan;
  const move = (expr: Expr): Expr => moveColumns(expr, (index) => (isOuter(index) ? index + levels * OUTER : index));
  return rewriteUp(plan, (node) => mapExprs(node, move));
}

function exprsOf(node: LogicalNode): readonly Expr[] {
  switch (node.kind) {
    case 'project':
      return node.exprs;
    case 'filter':
      return [node.condition];
    case 'join':
      return node.condition === undefined ? [] : [node.condition];
    case 'correlate':
      return [...node.args, ...(node.fold === undefined ? [] : foldExprs(node.fold))];
    default:
      return [];
  }
}

function mapExprs(node: LogicalNode, change: (expr: Expr) => Expr): LogicalNode {
  switch (node.kind) {
    case 'project':
      return { ...node, exprs: node.exprs.map(change) };
    case 'filter':
      return { ...node, condition: change(node.condition) };
    case 'join':
      return node.condition === undefined ? node : { ...node, condition: change(node.condition) };
    case 'correlate':
      return { ...node, args: node.args.map(change), ...(node.fold && { fold: mapFold(node.fold, change) }) };
    default:
      return node;
  }
}

function foldExprs({ filter, exprs }: FoldSpec): readonly Expr[] {
  return filter === undefined ? exprs : [filter, ...exprs];
}

export function mapFold(fold: FoldSpec, change: (expr: Expr) => Expr): FoldSpec {
  return { ...fold, filter: fold.filter && change(fold.filter), exprs: fold.exprs.map(change) };
}
