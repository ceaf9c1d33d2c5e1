import { Batch, KIND_DELETE, KIND_INSERT, KIND_UPDATE_AFTER, KIND_UPDATE_BEFORE } from '../../../columnar/batch.ts';
import type { Column } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../../contracts/state.ts';
import type { GroupAggregateExec } from '../../../planner/physical/plan.ts';
import { concat, gather, markDifferences, rowsOf } from '../../rows.ts';
import { StateRegistry } from '../../state/state-registry.ts';
import { StateTtl } from '../../state/state-ttl.ts';
import { AggregateSet } from './aggregate-set.ts';

/** Marks are 32-bit; they start anew before they run over. */
const LAST_ROUND = 1 << 30;

/**
 * GROUP BY without a window. Each batch updates its groups and then emits each touched group once: +I for a new one,
 * -U and +U (or +U alone) for a changed one, -D when its last row was retracted, nothing when its result is the same.
 */
export class GroupAggregateOperator implements Operator {
  readonly holds = 'copies';
  readonly #node: GroupAggregateExec;
  readonly #state = new StateRegistry();
  readonly #keys: KeyTable;
  readonly #aggregates: AggregateSet;
  /** Rows of each group; only where rows can be taken back. */
  readonly #rowCounts: PagedArray<'f64'> | undefined;
  /** `round * 2`, plus 1 for groups new in that round: which groups the current batch touched already. */
  readonly #marks: PagedArray<'i32'>;
  readonly #ttl: StateTtl | undefined;
  #context: OperatorContext | undefined;
  #round = 0;
  #slots = new Int32Array(0);
  #touched = new Int32Array(0);
  #rows = new Int32Array(0);
  #rowSlots = new Int32Array(0);

  constructor(node: GroupAggregateExec) {
    this.#node = node;
    const types = node.keys.map((index) => node.input.schema.fields[index]!.type);
    this.#keys = this.#state.keys('keys', types);
    this.#aggregates = new AggregateSet(node.calls, this.#state, { retracts: node.retracts });
    this.#rowCounts = node.retracts ? this.#state.array('rows', 'f64') : undefined;
    this.#marks = new StateRegistry().array('marks', 'i32');
    this.#ttl = node.stateTtlMs === undefined ? undefined : new StateTtl(this.#state, node.stateTtlMs);
  }

  open(context: OperatorContext): void {
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes + this.#marks.bytes);
    context.metrics.gauge('stateKeys', () => this.#keys.size);
    this.#context = context;
    this.#ttl?.start(context);
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const rows = rowsOf(batch);
    const size = batch.size;
    this.#reserve(size);
    const fresh = this.#keys.upsert(
      this.#node.keys.map((index) => batch.columns[index]!),
      rows,
      size,
      this.#slots,
    );
    const slotCount = this.#keys.slotCount;
    this.#aggregates.ensure(slotCount);
    this.#rowCounts?.ensure(slotCount);
    const touched = this.#touch(size, fresh);
    const renewed = this.#renew(touched);
    const before = fresh + renewed === touched.length ? undefined : this.#aggregates.results(touched, touched.length);
    if (this.#rowCounts === undefined || batch.kinds === null) {
      this.#accumulate(batch, rows, this.#slots, size);
    } else {
      // Additions first: a group never looks empty in between, and each retraction finds what it takes back.
      this.#accumulate(batch, this.#rows, this.#rowSlots, this.#split(rows, size, batch.kinds, true));
      this.#retract(batch, this.#rows, this.#rowSlots, this.#split(rows, size, batch.kinds, false));
    }
    return this.#emit(touched, before, out);
  }

  /** Removes the groups that were not written for their time to live; nothing is sent (Flink). */
  onTimer(nowMs: number): void {
    this.#ttl?.removeExpired(this.#keys.liveSlots(), nowMs, (slot) => this.#remove(slot));
  }

  snapshot(into: StateWriter): void {
    this.#state.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#state.restore(from);
  }

  describe(): Readonly<Record<string, string>> {
    return {
      keys: this.#node.keys.map((index) => this.#node.input.schema.fields[index]!.name).join(', '),
      aggregates: this.#node.calls.map((call) => call.name).join(', '),
    };
  }

  #reserve(size: number): void {
    if (this.#slots.length >= size) return;
    this.#slots = new Int32Array(size * 2);
    this.#touched = new Int32Array(size * 2);
    this.#rows = new Int32Array(size * 2);
    this.#rowSlots = new Int32Array(size * 2);
  }

  /**
   * Lists each group of the batch once, in the order of its last row, which is the order of the last updates where each
   * row is a batch of its own: ties of a TopN above do not depend on where batches end. Marks the new ones.
   */
  #touch(size: number, fresh: number): Int32Array {
    if (++this.#round === LAST_ROUND) {
      this.#marks.clear();
      this.#round = 1;
    }
    const mark = this.#round * 2;
    this.#marks.ensure(this.#keys.slotCount);
    const { pages, shift, mask } = this.#marks;
    const { freshSlots } = this.#keys;
    for (let k = 0; k < fresh; k++) pages[freshSlots[k]! >> shift]![freshSlots[k]! & mask] = -mark;
    let first = size;
    for (let k = size - 1; k >= 0; k--) {
      const slot = this.#slots[k]!;
      const page = pages[slot >> shift]!;
      const found = page[slot & mask]!;
      if (found === mark || found === mark + 1) continue;
      page[slot & mask] = found === -mark ? mark + 1 : mark;
      this.#touched[--first] = slot;
    }
    return this.#touched.subarray(first, size);
  }

  /** Starts groups anew whose state has expired, and notes that all of these are written now. @returns how many */
  #renew(touched: Int32Array): number {
    if (this.#ttl === undefined || this.#context === undefined) return 0;
    const now = this.#context.now();
    let renewed = 0;
    for (const slot of touched) {
      if (this.#marks.get(slot) === this.#round * 2 + 1 || !this.#ttl.expired(slot, now)) continue;
      this.#aggregates.clear(slot);
      this.#rowCounts?.set(slot, 0);
      this.#marks.set(slot, this.#round * 2 + 1);
      renewed++;
    }
    this.#ttl.touch(touched, touched.length, now);
    return renewed;
  }

  #remove(slot: number): void {
    this.#aggregates.clear(slot);
    this.#rowCounts?.set(slot, 0);
    this.#keys.remove(slot);
  }

  /** Picks the rows that add (or take back) into the scratch arrays. */
  #split(rows: Int32Array, size: number, kinds: Uint8Array, adding: boolean): number {
    let count = 0;
    for (let k = 0; k < size; k++) {
      const kind = kinds[rows[k]!]!;
      if ((kind === KIND_INSERT || kind === KIND_UPDATE_AFTER) !== adding) continue;
      this.#rows[count] = rows[k]!;
      this.#rowSlots[count++] = this.#slots[k]!;
    }
    return count;
  }

  #accumulate(batch: Batch, rows: Int32Array, slots: Int32Array, count: number): void {
    if (count === 0) return;
    this.#aggregates.accumulate(batch, rows, slots, count);
    this.#count(slots, count, 1);
  }

  /** Takes rows back; those of groups that are not known are ignored. */
  #retract(batch: Batch, rows: Int32Array, slots: Int32Array, count: number): void {
    let kept = 0;
    for (let k = 0; k < count; k++) {
      if (this.#rowCounts !== undefined && this.#rowCounts.get(slots[k]!) <= 0) continue;
      rows[kept] = rows[k]!;
      slots[kept++] = slots[k]!;
    }
    if (kept === 0) return;
    this.#aggregates.retract(batch, rows, slots, kept);
    this.#count(slots, kept, -1);
  }

  #count(slots: Int32Array, count: number, step: number): void {
    if (this.#rowCounts === undefined) return;
    const { pages, shift, mask } = this.#rowCounts;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      const page = pages[slot >> shift]!;
      page[slot & mask] = page[slot & mask]! + step;
    }
  }

  #emit(touched: Int32Array, before: readonly Column[] | undefined, out: Out): void | Promise<void> {
    const count = touched.length;
    const after = this.#aggregates.results(touched, count);
    const differs = new Uint8Array(count);
    if (before !== undefined) before.forEach((column, c) => markDifferences(column, after[c]!, differs));
    // Row k of the result before is pick k, row k of the result after is pick count + k.
    const picks = new Int32Array(count * 2);
    const kinds = new Uint8Array(count * 2);
    const removed: number[] = [];
    let size = 0;
    let updates = false;
    for (let k = 0; k < count; k++) {
      const slot = touched[k]!;
      const isNew = this.#marks.get(slot) === this.#round * 2 + 1;
      const lives = this.#rowCounts === undefined || this.#rowCounts.get(slot) > 0;
      if (!lives) removed.push(slot);
      if (isNew) {
        if (lives) picks[size++] = count + k;
        continue;
      }
      if (lives && differs[k] === 0) continue;
      if (!lives || this.#node.emitBefore) {
        kinds[size] = lives ? KIND_UPDATE_BEFORE : KIND_DELETE;
        picks[size++] = k;
      }
      if (lives) {
        kinds[size] = KIND_UPDATE_AFTER;
        picks[size++] = count + k;
      }
      updates = true;
    }
    const result = size === 0 ? undefined : this.#output(touched, { before, after, picks, kinds, size, updates });
    for (const slot of removed) this.#remove(slot);
    return result === undefined ? undefined : out.emit(result);
  }

  #output(
    touched: Int32Array,
    rows: {
      readonly before: readonly Column[] | undefined;
      readonly after: readonly Column[];
      readonly picks: Int32Array;
      readonly kinds: Uint8Array;
      readonly size: number;
      readonly updates: boolean;
    },
  ): Batch {
    const { before, after, picks, size } = rows;
    const count = touched.length;
    const slots = new Int32Array(size);
    for (let k = 0; k < size; k++) slots[k] = touched[picks[k]! % count]!;
    const keys = this.#node.keys.map((_, part) => this.#keys.keyColumn(part, slots, size));
    if (before === undefined) {
      const places = picks.map((pick) => pick - count);
      const values = size === count ? after : after.map((column) => gather(column, places, size));
      return new Batch(this.#node.schema, [...keys, ...values], size);
    }
    const values = after.map((column, c) => gather(concat(before[c]!, column), picks, size));
    const kinds = rows.updates ? rows.kinds.subarray(0, size) : null;
    return new Batch(this.#node.schema, [...keys, ...values], size, null, kinds);
  }
}
