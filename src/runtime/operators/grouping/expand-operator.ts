import { Batch } from '../../../columnar/batch.ts';
import { allocateValues, bytesColumn, fixedColumn, type Column } from '../../../columnar/column.ts';
import type { Operator, Out } from '../../../contracts/operator.ts';
import type { ExpandExec } from '../../../planner/physical/plan.ts';
import { INT, type SqlType } from '../../../types/sql-type.ts';
import { layoutOf } from '../../../types/layout.ts';

/** Sends every batch once for each grouping set: columns by reference, those the set leaves out as all NULL. */
export class ExpandOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: ExpandExec;

  constructor(node: ExpandExec) {
    this.#node = node;
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    return this.#from(0, batch, out);
  }

  describe(): Readonly<Record<string, string>> {
    return { sets: String(this.#node.nulled.length) };
  }

  /** Waits only where the reader does. */
  #from(first: number, batch: Batch, out: Out): void | Promise<void> {
    for (let set = first; set < this.#node.nulled.length; set++) {
      const pending = out.emit(this.#copy(batch, set));
      if (pending !== undefined) return pending.then(() => this.#from(set + 1, batch, out));
    }
    return undefined;
  }

  #copy(batch: Batch, set: number): Batch {
    const nulled = this.#node.nulled[set]!;
    const { rowCount } = batch;
    const columns = batch.columns.map((column, i) => (nulled.includes(i) ? allNull(column.type, rowCount) : column));
    const ids = fixedColumn(INT, new Int32Array(rowCount).fill(set), rowCount);
    return new Batch(this.#node.schema, [...columns, ids], rowCount, batch.selection, batch.kinds);
  }
}

function allNull(type: SqlType, rowCount: number): Column {
  const nulls = new Uint8Array(rowCount).fill(1);
  const layout = layoutOf(type);
  if (layout !== 'bytes') return fixedColumn(type, allocateValues(layout, rowCount), rowCount, nulls);
  const nowhere = new Int32Array(rowCount);
  return bytesColumn(type, { bytes: new Uint8Array(0), offsets: nowhere, lengths: nowhere }, rowCount, nulls);
}
