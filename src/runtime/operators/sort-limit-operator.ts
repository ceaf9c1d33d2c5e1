import { Batch, KIND_DELETE, KIND_UPDATE_BEFORE } from '../../columnar/batch.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Operator, OperatorContext, Out } from '../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../contracts/state.ts';
import type { SortLimitExec } from '../../planner/physical/plan.ts';
import { comparator } from '../compare-columns.ts';
import { rowsOf } from '../rows.ts';
import { StateRegistry } from '../state/state-registry.ts';

const OUTPUT_ROWS = 4096;
const NONE = -1;

/**
 * ORDER BY and LIMIT of a bounded input. Rows are kept as a log of arrivals that point into a table of distinct rows; a
 * retraction takes the latest arrival of an equal row out of the log. At the end the log is sorted, ties by arrival.
 * LIMIT alone over an input without updates passes rows on as they come and keeps none.
 */
export class SortLimitOperator implements Operator {
  readonly #node: SortLimitExec;
  readonly #streams: boolean;
  readonly #state = new StateRegistry();
  readonly #distinct: KeyTable;
  /** The distinct row of each arrival, NONE when it was taken back. */
  readonly #log: PagedArray<'i32'>;
  /** The arrival before it of an equal row, NONE where there is none. */
  readonly #previous: PagedArray<'i32'>;
  /** By distinct row: 1 + its latest arrival, 0 where there is none. */
  readonly #latest: PagedArray<'i32'>;
  #arrivals = 0;
  #slots = new Int32Array(0);

  constructor(node: SortLimitExec) {
    this.#node = node;
    this.#streams = node.keys.length === 0 && node.input.changelog === 'insert-only';
    const types = node.input.schema.fields.map((one) => one.type);
    this.#distinct = this.#state.keys('rows', types);
    this.#log = this.#state.array('log', 'i32');
    this.#previous = this.#state.array('previous', 'i32');
    this.#latest = this.#state.array('latest', 'i32');
  }

  open(context: OperatorContext): void {
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes);
    context.metrics.gauge('stateKeys', () => this.#distinct.size);
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    if (this.#streams) return this.#pass(batch, out);
    const rows = rowsOf(batch);
    const size = batch.size;
    if (this.#slots.length < size) this.#slots = new Int32Array(size * 2);
    this.#distinct.upsert(batch.columns, rows, size, this.#slots);
    this.#latest.ensure(this.#distinct.slotCount);
    this.#log.ensure(this.#arrivals + size);
    this.#previous.ensure(this.#arrivals + size);
    for (let k = 0; k < size; k++) {
      const slot = this.#slots[k]!;
      const kind = batch.kinds === null ? 0 : batch.kinds[rows[k]!]!;
      const latest = this.#latest.get(slot) - 1;
      if (kind === KIND_UPDATE_BEFORE || kind === KIND_DELETE) {
        if (latest < 0) continue;
        this.#log.set(latest, NONE);
        this.#latest.set(slot, this.#previous.get(latest) + 1);
      } else {
        this.#log.set(this.#arrivals, slot);
        this.#previous.set(this.#arrivals, latest);
        this.#latest.set(slot, ++this.#arrivals);
      }
    }
    return undefined;
  }

  async onEnd(out: Out): Promise<void> {
    if (this.#streams) return;
    const slots = new Int32Array(this.#arrivals);
    let count = 0;
    for (let i = 0; i < this.#arrivals; i++) if (this.#log.get(i) !== NONE) slots[count++] = this.#log.get(i);
    const order = this.#sorted(slots, count);
    const { limit, offset } = this.#node;
    const end = limit === undefined ? count : Math.min(count, offset + limit);
    for (let from = offset; from < end; from += OUTPUT_ROWS) {
      const size = Math.min(OUTPUT_ROWS, end - from);
      const chunk = new Int32Array(size);
      for (let k = 0; k < size; k++) chunk[k] = slots[order[from + k]!]!;
      const columns = this.#node.schema.fields.map((_, part) => this.#distinct.keyColumn(part, chunk, size));
      await out.emit(new Batch(this.#node.schema, columns, size));
    }
    // A snapshot after the end must not bring the result a second time.
    this.#arrivals = 0;
    this.#distinct.clear();
  }

  snapshot(into: StateWriter): void {
    into.putJson('arrivals', this.#arrivals);
    this.#state.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#arrivals = from.getJson('arrivals') as number;
    this.#state.restore(from);
  }

  describe(): Readonly<Record<string, string>> {
    const { keys, limit, offset, schema } = this.#node;
    return {
      ...(keys.length === 0
        ? {}
        : { by: keys.map((key) => schema.fields[key.column]!.name + (key.descending ? ' desc' : '')).join(', ') }),
      ...(limit === undefined ? {} : { limit: String(limit) }),
      ...(offset === 0 ? {} : { offset: String(offset) }),
    };
  }

  #pass(batch: Batch, out: Out): void | Promise<void> {
    const { limit, offset, schema } = this.#node;
    const size = batch.size;
    const from = Math.min(size, Math.max(0, offset - this.#arrivals));
    const to = limit === undefined ? size : Math.max(from, Math.min(size, offset + limit - this.#arrivals));
    this.#arrivals += size;
    if (from === to) return undefined;
    const kept = from === 0 && to === size ? batch : batch.select(rowsOf(batch).slice(from, to));
    return out.emit(kept.withColumns(schema, kept.columns));
  }

  #sorted(slots: Int32Array, count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    const compare = this.#node.keys.map((key) => comparator(this.#distinct.keyColumn(key.column, slots, count), key));
    if (compare.length === 0) return order;
    // Typed arrays sort without promise of stability by our ties; the arrival decides them itself.
    return order.sort((a, b) => {
      for (const one of compare) {
        const result = one(a, b);
        if (result !== 0) return result;
      }
      return a - b;
    });
  }
}
