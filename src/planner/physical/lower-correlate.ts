import type { Expr } from '../../contracts/expression.ts';
import { collectColumns, moveColumns } from '../expr-tree.ts';
import type { CorrelateNode } from '../logical/plan.ts';
import { isUpdating } from './changelog.ts';
import type { Lowerer } from './lowerer.ts';
import type { CorrelateExec, FoldExec, FoldSpec } from './plan.ts';

/** An update of a row updates everything made of it, so the old row must come too. */
export function lowerCorrelate(node: CorrelateNode, before: boolean, lowerer: Lowerer): CorrelateExec {
  const id = lowerer.id('correlate');
  const input = lowerer.lower(node.input, before || isUpdating(node.input));
  const { call, args, joinType, pass, columns, fold, schema, span } = node;
  return {
    kind: 'correlate',
    id,
    input,
    call,
    args,
    joinType,
    pass,
    columns,
    ...(fold === undefined ? {} : { fold: lowerFold(fold, node.input.schema.fields.length) }),
    schema,
    changelog: input.changelog,
    span,
  };
}

/** @param width of the input */
function lowerFold({ filter, exprs, calls }: FoldSpec, width: number): FoldExec {
  const all = new Set<number>();
  for (const one of [...exprs, ...(filter === undefined ? [] : [filter])]) collectColumns(one, all);
  const read = [...all].sort((a, b) => a - b);
  const move = (one: Expr): Expr => moveColumns(one, (column) => read.indexOf(column));
  return {
    inputs: read.filter((column) => column < width),
    made: read.filter((column) => column >= width).map((column) => column - width),
    filter: filter && move(filter),
    exprs: exprs.map(move),
    calls,
  };
}
