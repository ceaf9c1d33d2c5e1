import { Batch } from '../../../columnar/batch.ts';
import { fixedColumn, type Column } from '../../../columnar/column.ts';
import type { Out } from '../../../contracts/operator.ts';
import type { WindowAggregateExec, WindowProperty } from '../../../planner/physical/plan.ts';
import { TIMESTAMP } from '../../../types/sql-type.ts';
import type { GroupState } from '../grouping/group-state.ts';

const OUTPUT_ROWS = 4096;

export interface FiredWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly now: () => number;
}

/** Sends the results of all groups of a window. */
export async function emitGroups(
  node: WindowAggregateExec,
  state: GroupState,
  window: FiredWindow,
  out: Out,
): Promise<void> {
  const all = state.present();
  for (let from = 0; from < all.length; from += OUTPUT_ROWS) {
    const count = Math.min(OUTPUT_ROWS, all.length - from);
    const slots = all.subarray(from, from + count);
    const columns: Column[] = [...state.keyColumns(slots, count), ...state.aggregates.results(slots, count)];
    for (const property of node.properties) {
      columns.push(fixedColumn(TIMESTAMP, new Float64Array(count).fill(propertyOf(property, window)), count));
    }
    const pushed = out.emit(new Batch(node.schema, columns, count));
    if (pushed !== undefined) await pushed;
  }
}

export function propertyOf(property: WindowProperty, { startMs, endMs, now }: FiredWindow): number {
  switch (property) {
    case 'start':
      return startMs;
    case 'end':
      return endMs;
    case 'rowtime':
      return endMs - 1;
    case 'proctime':
      return now();
  }
}
