import type { OverCall, OverExec, OverFrame } from '../../../src/planner/physical/over-plan.ts';
import type { AggregateCall, PhysicalNode } from '../../../src/planner/physical/plan.ts';
import { field } from '../../../src/types/schema.ts';

/** Aggregates with OVER. @param timeColumn −1: by processing time */
export function over(
  input: PhysicalNode,
  parts: {
    readonly partition: readonly number[];
    readonly frame: OverFrame;
    readonly timeColumn: number;
    readonly aggregates: readonly AggregateCall[];
  },
): OverExec {
  const { aggregates, ...rest } = parts;
  const calls = aggregates.map((call): OverCall => ({ kind: 'aggregate', call }));
  const fields = [...input.schema.fields, ...aggregates.map((call, i) => field(`call${i}`, call.type))];
  return { kind: 'over', id: 'over', input, ...rest, calls, schema: { fields }, changelog: 'insert-only' };
}
