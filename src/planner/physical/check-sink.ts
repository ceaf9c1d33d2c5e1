import { PlanError } from '../../errors/sluice-error.ts';
import { entryOf } from '../catalog-table.ts';
import type { SinkNode } from '../logical/plan.ts';
import { isUpdating, uniqueKey } from './changelog.ts';

export interface SinkDecision {
  /** Whether -U rows must reach the sink. */
  readonly before: boolean;
  readonly dropRetractions: boolean;
  readonly warning: string | undefined;
}

/**
 * How a sink takes the changes of its query (D5).
 * @throws PlanError PLAN_CHANGELOG with advice
 */
export function decideSink(node: SinkNode): SinkDecision {
  const { table, input } = node;
  const mode = entryOf(table)?.sink;
  const { options, compatibility, primaryKey } = table.descriptor;
  if (!isUpdating(input)) return { before: false, dropRetractions: false, warning: undefined };
  if (mode === 'retract') return { before: true, dropRetractions: false, warning: undefined };
  if (mode === 'upsert' && primaryKey.length > 0) {
    // The key of the query is the key of the table: an upsert replaces the right row without knowing the old one.
    const key = uniqueKey(input)?.map((column) => table.descriptor.columns[column]?.name);
    const same =
      key !== undefined &&
      key.length === primaryKey.length &&
      key.every((one) => one !== undefined && primaryKey.includes(one));
    return { before: !same, dropRetractions: false, warning: undefined };
  }
  const changelog = options.optionalText('changelog') ?? (compatibility === 'flink' ? 'reject' : 'append');
  if (mode === 'append' && changelog === 'append') {
    const warning = `table "${table.name}" only appends: updates of the query are written as new rows, removed rows are not written`;
    return { before: false, dropRetractions: true, warning };
  }
  const what = mode === 'upsert' ? 'has no PRIMARY KEY to update rows by' : 'only appends';
  throw new PlanError('PLAN_CHANGELOG', `the query updates its earlier results and table "${table.name}" ${what}`, {
    span: node.span,
    hint:
      mode === 'upsert'
        ? 'Declare PRIMARY KEY (…) in the table, with the grouping columns of the query.'
        : "Group by a window (TUMBLE, HOP), which emits each result once, or write every update as a new row with changelog = 'append' in WITH.",
  });
}
