import { PlanError } from '../../errors/sluice-error.ts';
import { physicalInputs } from './bounded.ts';
import type { PhysicalKind, PhysicalNode, PhysicalPlan } from './plan.ts';

/** Operators whose rows depend on the row at hand alone: nothing is left behind when a split moves on. */
const STATELESS: ReadonlySet<PhysicalKind> = new Set([
  'scan',
  'values',
  'calc',
  'exchange',
  'lookup-join',
  'union',
  'sink',
  'collect',
]);

/**
 * Refuses state behind a source that hands splits over to other processes (D13): each process would hold a part of
 * every key, and a split that moves would leave its part behind.
 * @throws PlanError PLAN_UNSUPPORTED that names the operator
 */
export function checkMovingSplits(plan: PhysicalPlan): void {
  const check = (node: PhysicalNode, stateful: PhysicalNode | undefined): void => {
    const holder = STATELESS.has(node.kind) ? stateful : node;
    if (node.kind === 'scan') {
      const { source, table } = node;
      const moves = source.kind === 'connector' && source.entry.movesSplits?.(table.options) === true;
      if (moves && holder !== undefined) throw refused(holder, table.name);
      return;
    }
    if (node.kind === 'values') return;
    for (const input of physicalInputs(node)) check(input, holder);
  };
  for (const root of plan.roots) check(root, undefined);
}

function refused(holder: PhysicalNode, table: string): PlanError {
  return new PlanError(
    'PLAN_UNSUPPORTED',
    `operator "${holder.id}" keeps state and table "${table}" hands its shards over to other processes (assignment = 'balanced')`,
    {
      hint:
        "Read all shards in one process (--parallelism uses its cores), give each process fixed shards (shards = '0 mod 2'), " +
        'or let a balanced routing job write by key (partitionColumn) into a log store that the keyed job reads.',
    },
  );
}
