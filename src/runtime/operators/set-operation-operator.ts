import { Batch, KIND_DELETE, KIND_INSERT, KIND_UPDATE_AFTER } from '../../columnar/batch.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Operator, OperatorContext, Out } from '../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../contracts/state.ts';
import type { SetOperationExec } from '../../planner/physical/plan.ts';
import { gather, rowsOf } from '../rows.ts';
import { StateRegistry } from '../state/state-registry.ts';
import { StateTtl } from '../state/state-ttl.ts';

/** How often a row is in the result, by how often it is in the left and in the right input. */
const results = {
  intersect: (left: number, right: number) => (left > 0 && right > 0 ? 1 : 0),
  'intersect all': (left: number, right: number) => Math.min(left, right),
  except: (left: number, right: number) => (left > 0 && right === 0 ? 1 : 0),
  'except all': (left: number, right: number) => Math.max(0, left - right),
} as const;

/**
 * INTERSECT and EXCEPT. Each row of an input moves a count by one and the result by at most one: what goes out is that
 * row or nothing. A row that is taken back without having come is ignored. NULLs are equal here.
 */
export class SetOperationOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: SetOperationExec;
  readonly #state = new StateRegistry();
  readonly #rows: KeyTable;
  readonly #counts: readonly [PagedArray<'i32'>, PagedArray<'i32'>];
  readonly #ttl: StateTtl | undefined;
  readonly #result: (left: number, right: number) => number;
  #context: OperatorContext | undefined;
  #slots = new Int32Array(0);

  constructor(node: SetOperationExec) {
    this.#node = node;
    this.#rows = this.#state.keys(
      'rows',
      node.schema.fields.map((field) => field.type),
    );
    this.#counts = [this.#state.array('left', 'i32'), this.#state.array('right', 'i32')];
    this.#ttl = node.stateTtlMs === undefined ? undefined : new StateTtl(this.#state, node.stateTtlMs);
    this.#result = results[node.all ? (`${node.operator} all` as const) : node.operator];
  }

  open(context: OperatorContext): void {
    this.#context = context;
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes);
    context.metrics.gauge('stateKeys', () => this.#rows.size);
    this.#ttl?.start(context);
  }

  process(batch: Batch, out: Out, input: number): void | Promise<void> {
    const rows = rowsOf(batch);
    const { size, kinds } = batch;
    if (this.#slots.length < size) this.#slots = new Int32Array(size * 2);
    const slots = this.#slots;
    const fresh = this.#rows.upsert(batch.columns, rows, size, slots);
    const [left, right] = this.#counts;
    left.ensure(this.#rows.slotCount);
    right.ensure(this.#rows.slotCount);
    for (let k = 0; k < fresh; k++) this.#reset(this.#rows.freshSlots[k]!);
    this.#renew(size);
    const mine = this.#counts[input === 0 ? 0 : 1];
    const picks = new Int32Array(size);
    const outKinds = new Uint8Array(size);
    let count = 0;
    let updates = false;
    for (let k = 0; k < size; k++) {
      const slot = slots[k]!;
      const kind = kinds === null ? KIND_INSERT : kinds[rows[k]!]!;
      const step = kind === KIND_INSERT || kind === KIND_UPDATE_AFTER ? 1 : -1;
      const had = mine.get(slot);
      if (had + step < 0) continue;
      const before = this.#result(left.get(slot), right.get(slot));
      mine.set(slot, had + step);
      const change = this.#result(left.get(slot), right.get(slot)) - before;
      if (change === 0) continue;
      if (change < 0) updates = true;
      outKinds[count] = change > 0 ? KIND_INSERT : KIND_DELETE;
      picks[count++] = rows[k]!;
    }
    this.#forget(size);
    if (count === 0) return undefined;
    const { schema } = this.#node;
    const columns = batch.columns.map((column) => gather(column, picks, count));
    return out.emit(new Batch(schema, columns, count, null, updates ? outKinds.subarray(0, count) : null));
  }

  /** Removes rows that were not seen for their time to live; nothing is sent (Flink). */
  onTimer(nowMs: number): void {
    this.#ttl?.removeExpired(this.#rows.liveSlots(), nowMs, (slot) => this.#rows.remove(slot));
  }

  snapshot(into: StateWriter): void {
    this.#state.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#state.restore(from);
  }

  describe(): Readonly<Record<string, string>> {
    return { operator: `${this.#node.operator}${this.#node.all ? ' all' : ''}` };
  }

  #reset(slot: number): void {
    this.#counts[0].set(slot, 0);
    this.#counts[1].set(slot, 0);
  }

  /** Rows whose time is over count as never seen. */
  #renew(size: number): void {
    if (this.#ttl === undefined || this.#context === undefined) return;
    const now = this.#context.now();
    for (let k = 0; k < size; k++) if (this.#ttl.expired(this.#slots[k]!, now)) this.#reset(this.#slots[k]!);
    this.#ttl.touch(this.#slots, size, now);
  }

  /** Gives up rows of this batch that neither input has any more. */
  #forget(size: number): void {
    const [left, right] = this.#counts;
    for (let k = 0; k < size; k++) {
      const slot = this.#slots[k]!;
      if (left.get(slot) !== 0 || right.get(slot) !== 0) continue;
      left.set(slot, GONE);
      this.#rows.remove(slot);
    }
  }
}

/** The left count of a slot that is given up. */
const GONE = -1;
