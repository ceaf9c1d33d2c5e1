import { Batch } from '../../../columnar/batch.ts';
import { fixedColumn, type Column } from '../../../columnar/column.ts';
import type { Counter, Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import { InternalError } from '../../../errors/sluice-error.ts';
import type { AlignedWindow } from '../../../planner/physical/plan.ts';
import type { WindowTableExec } from '../../../planner/physical/window-plan.ts';
import { TIMESTAMP } from '../../../types/sql-type.ts';
import { gather, rowsOf } from '../../rows.ts';
import type { WindowLayout } from '../../windows/aligned-windows.ts';
import { windowLayout } from '../../windows/zoned-windows.ts';

/** A row of many windows makes many rows: they are sent in parts. */
const OUTPUT_ROWS = 8192;

/** Rows with the TUMBLE, HOP or CUMULATE windows they are in; assigns only and drops nothing but rows without a time. */
export class WindowTableOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: WindowTableExec;
  readonly #windows: WindowLayout;
  #nullTime: Counter | undefined;
  #now: () => number = () => 0;
  /** Scratch: source row, start and end of each row to send. */
  #rows = new Int32Array(0);
  #starts = new Float64Array(0);
  #ends = new Float64Array(0);
  #count = 0;

  constructor(node: WindowTableExec, window: AlignedWindow) {
    this.#node = node;
    this.#windows = windowLayout(window);
  }

  open(context: OperatorContext): void {
    this.#nullTime = context.metrics.counter('nullRowtime');
    this.#now = context.now;
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    return this.#from(0, batch, out);
  }

  describe(): Readonly<Record<string, string>> {
    return { window: this.#node.window.kind };
  }

  /** Waits only where the reader does. */
  #from(first: number, batch: Batch, out: Out): void | Promise<void> {
    for (let from = first; from < batch.size;) {
      from = this.#assign(batch, from);
      const pending = out.emit(this.#assigned(batch));
      const next = from;
      if (pending !== undefined) return pending.then(() => this.#from(next, batch, out));
    }
    return undefined;
  }

  #assigned(batch: Batch): Batch {
    const count = this.#count;
    const source = this.#rows.slice(0, count);
    const columns = batch.columns.map((column) => gather(column, source, count));
    let kinds: Uint8Array | null = null;
    if (batch.kinds !== null) {
      kinds = new Uint8Array(count);
      for (let k = 0; k < count; k++) kinds[k] = batch.kinds[source[k]!]!;
    }
    const ends = this.#ends.slice(0, count);
    const times = [this.#starts.slice(0, count), ends, ends.map((end) => end - 1)];
    const bounds = times.map((values): Column => fixedColumn(TIMESTAMP, values, count));
    return new Batch(this.#node.schema, [...columns, ...bounds], count, null, kinds);
  }

  /** Lists rows from `first` on once for each of their windows, up to a good batch. @returns the row to go on with */
  #assign(batch: Batch, first: number): number {
    const rows = rowsOf(batch);
    this.#count = 0;
    let row = 0;
    const add = (startMs: number, endMs: number): void => {
      if (this.#count === this.#rows.length) this.#grow();
      this.#rows[this.#count] = row;
      this.#starts[this.#count] = startMs;
      this.#ends[this.#count++] = endMs;
    };
    const now = this.#now();
    const time = this.#node.processingTime ? undefined : batch.columns[this.#node.timeColumn];
    if (!this.#node.processingTime && time?.layout !== 'f64') {
      throw new InternalError('the time of a window is not TIMESTAMP');
    }
    let k = first;
    for (; k < batch.size && this.#count < OUTPUT_ROWS; k++) {
      row = rows[k]!;
      if (time?.layout !== 'f64') this.#windows.forEach(now, add);
      else if (time.nulls?.[row] === 1) this.#nullTime?.add(1);
      else this.#windows.forEach(time.values[row]!, add);
    }
    return k;
  }

  #grow(): void {
    const size = Math.max(1024, this.#rows.length * 2);
    const grown = <T extends Int32Array | Float64Array>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    this.#rows = grown(new Int32Array(size), this.#rows);
    this.#starts = grown(new Float64Array(size), this.#starts);
    this.#ends = grown(new Float64Array(size), this.#ends);
  }
}
