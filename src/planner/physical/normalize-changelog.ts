import { PlanError } from '../../errors/sluice-error.ts';
import type { ScanNode } from '../logical/plan.ts';
import { keyedExchange, type LowerSettings } from './lowerer.ts';
import type { ChangelogNormalizeExec } from './plan.ts';
import type { SharedScan } from './scan-groups.ts';

/**
 * The read of a table that sends updates without their old rows, with them.
 * @throws PlanError PLAN_CHANGELOG without a primary key
 */
export function normalizeChangelog(
  node: ScanNode,
  { exec, keys }: SharedScan,
  { stateTtlMs }: LowerSettings,
): ChangelogNormalizeExec {
  const { table } = node;
  if (keys.length === 0) {
    throw new PlanError(
      'PLAN_CHANGELOG',
      `table "${table.name}" sends updates without the old row and has no PRIMARY KEY`,
      {
        span: node.span,
        hint: 'Declare PRIMARY KEY (…): the old row is looked up by it.',
      },
    );
  }
  const id = `normalize/${table.name}`;
  return {
    kind: 'changelog-normalize',
    id,
    input: keyedExchange(exec, keys, id),
    keys,
    stateTtlMs,
    schema: exec.schema,
    changelog: 'retract',
    span: node.span,
  };
}
