import type { Batch } from '../../columnar/batch.ts';
import type { Column } from '../../columnar/column.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import type { JoinCondition, PhysicalNode } from '../../planner/physical/plan.ts';
import { rowsOf } from '../rows.ts';

/** Epoch ms by physical row. */
export interface Times {
  readonly values: Float64Array;
}

export function timesOf(column: Column): Times {
  if (column.layout !== 'f64') throw new InternalError('a time attribute is no TIMESTAMP');
  return column;
}

/** The rows without NULL in these columns, and the others. */
export function complete(
  batch: Batch,
  columns: readonly number[],
): { readonly rows: Int32Array; readonly count: number; readonly incomplete: readonly number[] } {
  const rows = rowsOf(batch);
  const { size } = batch;
  const nulls = columns.flatMap((column) => batch.columns[column]!.nulls ?? []);
  if (nulls.length === 0) return { rows, count: size, incomplete: [] };
  const kept = new Int32Array(size);
  const incomplete: number[] = [];
  let count = 0;
  for (let k = 0; k < size; k++) {
    const row = rows[k]!;
    if (nulls.some((one) => one[row] === 1)) incomplete.push(row);
    else kept[count++] = row;
  }
  return { rows: kept, count, incomplete };
}

/** The columns of each side that go on or that the condition reads. */
export function keptColumns({
  left,
  outputs,
  condition,
}: {
  readonly left: PhysicalNode;
  readonly outputs: readonly number[];
  readonly condition: JoinCondition | undefined;
}): readonly [number[], number[]] {
  const width = left.schema.fields.length;
  const used = [...new Set([...outputs, ...(condition?.columns ?? [])])].sort((a, b) => a - b);
  return [used.filter((at) => at < width), used.filter((at) => at >= width).map((at) => at - width)];
}
