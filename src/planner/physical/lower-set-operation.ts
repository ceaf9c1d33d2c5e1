import type { SetOperationNode } from '../logical/plan.ts';
import { changelogOf, isUpdating } from './changelog.ts';
import { keyedExchange, type Lowerer } from './lowerer.ts';
import type { SetOperationExec } from './plan.ts';

/** INTERSECT and EXCEPT: the whole row is the key. */
export function lowerSetOperation(node: SetOperationNode, lowerer: Lowerer): SetOperationExec {
  const { operator, all, schema, span } = node;
  const id = lowerer.id('set-operation');
  const keys = schema.fields.map((_, i) => i);
  return {
    kind: 'set-operation',
    id,
    operator,
    all,
    left: keyedExchange(lowerer.lower(node.left, true), keys, `${id}/left`),
    right: keyedExchange(lowerer.lower(node.right, true), keys, `${id}/right`),
    stateTtlMs: lowerer.settings.stateTtlMs,
    schema: { fields: schema.fields.map(({ name, type, nullable }) => ({ name, type, nullable })) },
    changelog: changelogOf(isUpdating(node), true),
    span,
  };
}
