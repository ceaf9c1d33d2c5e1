import type { CorrelateNode } from '../logical/plan.ts';
import { isUpdating } from './changelog.ts';
import type { Lowerer } from './lowerer.ts';
import type { CorrelateExec } from './plan.ts';

/** An update of a row updates everything made of it, so the old row must come too. */
export function lowerCorrelate(node: CorrelateNode, before: boolean, lowerer: Lowerer): CorrelateExec {
  const id = lowerer.id('correlate');
  const input = lowerer.lower(node.input, before || isUpdating(node.input));
  const { call, args, joinType, pass, columns, schema, span } = node;
  return {
    kind: 'correlate',
    id,
    input,
    call,
    args,
    joinType,
    pass,
    columns,
    schema,
    changelog: input.changelog,
    span,
  };
}
