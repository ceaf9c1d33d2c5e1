import { Batch, KIND_DELETE, KIND_INSERT, KIND_UPDATE_AFTER, KIND_UPDATE_BEFORE } from '../../columnar/batch.ts';
import { PagedArray } from '../../columnar/paged-array.ts';
import type { Operator, OperatorContext, Out } from '../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../contracts/state.ts';
import type { ChangelogNormalizeExec } from '../../planner/physical/plan.ts';
import { concat, gather, markDifferences, rowsOf } from '../rows.ts';
import { RowStore } from '../state/row-store.ts';
import { StateRegistry } from '../state/state-registry.ts';
import { StateTtl } from '../state/state-ttl.ts';

const ABSENT = -1;

/**
 * Gives a table that sends only new rows and deletes by key its old rows back: keeps the last row of each key, sends -U
 * before each +U and the kept row as -D. A row that comes again as it is, and a delete of an unknown key, are dropped.
 */
export class ChangelogNormalizeOperator implements Operator {
  readonly holds = 'copies';
  readonly #node: ChangelogNormalizeExec;
  readonly #state = new StateRegistry();
  readonly #keys: KeyTable;
  readonly #rows: RowStore;
  readonly #ttl: StateTtl | undefined;
  /** 1 + the place of a key among those of the batch at hand; 0 between batches. */
  readonly #places = new PagedArray('i32');
  #context: OperatorContext | undefined;
  #slots = new Int32Array(0);
  #touched = new Int32Array(0);
  /** By place: where the row of the key lies, in the kept rows followed by the batch. */
  #latest = new Int32Array(0);

  constructor(node: ChangelogNormalizeExec) {
    this.#node = node;
    this.#keys = this.#state.keys(
      'keys',
      node.keys.map((column) => node.schema.fields[column]!.type),
    );
    this.#rows = new RowStore(this.#state.scope('rows'), node.schema);
    this.#ttl = node.stateTtlMs === undefined ? undefined : new StateTtl(this.#state, node.stateTtlMs);
  }

  open(context: OperatorContext): void {
    this.#context = context;
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes + this.#places.bytes);
    context.metrics.gauge('stateKeys', () => this.#keys.size);
    this.#ttl?.start(context);
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const { size, kinds } = batch;
    const rows = rowsOf(batch);
    const touched = this.#touch(batch, rows);
    const picks = new Int32Array(size * 2);
    const outKinds = new Uint8Array(size * 2);
    let count = 0;
    for (let k = 0; k < size; k++) {
      const place = this.#places.get(this.#slots[k]!) - 1;
      const before = this.#latest[place]!;
      const kind = kinds === null ? KIND_INSERT : kinds[rows[k]!]!;
      if (kind === KIND_UPDATE_BEFORE || (kind === KIND_DELETE && before === ABSENT)) continue;
      if (before !== ABSENT) {
        outKinds[count] = kind === KIND_DELETE ? KIND_DELETE : KIND_UPDATE_BEFORE;
        picks[count++] = before;
      }
      if (kind === KIND_DELETE) {
        this.#latest[place] = ABSENT;
        continue;
      }
      outKinds[count] = before === ABSENT ? KIND_INSERT : KIND_UPDATE_AFTER;
      this.#latest[place] = touched + rows[k]!;
      picks[count++] = touched + rows[k]!;
    }
    const result = this.#output(batch, touched, { picks, kinds: outKinds, count });
    this.#keep(batch, touched);
    return result === undefined ? undefined : out.emit(result);
  }

  /** Forgets the rows that were not written for their time to live; nothing is sent (Flink). */
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
    return { keys: this.#node.keys.map((column) => this.#node.schema.fields[column]!.name).join(', ') };
  }

  /** Lists the keys of the batch, each once, and where their rows are. @returns how many */
  #touch(batch: Batch, rows: Int32Array): number {
    const { size } = batch;
    if (this.#slots.length < size) {
      this.#slots = new Int32Array(size * 2);
      this.#touched = new Int32Array(size * 2);
      this.#latest = new Int32Array(size * 2);
    }
    const columns = this.#node.keys.map((column) => batch.columns[column]!);
    const fresh = this.#keys.upsert(columns, rows, size, this.#slots);
    this.#places.ensure(this.#keys.slotCount);
    this.#rows.ensure(this.#keys.slotCount);
    const { freshSlots } = this.#keys;
    for (let k = 0; k < fresh; k++) this.#places.set(freshSlots[k]!, ABSENT);
    const now = this.#context?.now() ?? 0;
    let touched = 0;
    for (let k = 0; k < size; k++) {
      const slot = this.#slots[k]!;
      const place = this.#places.get(slot);
      if (place > 0) continue;
      const isKept = place === 0 && this.#ttl?.expired(slot, now) !== true;
      this.#latest[touched] = isKept ? touched : ABSENT;
      this.#touched[touched++] = slot;
      this.#places.set(slot, touched);
    }
    this.#ttl?.touch(this.#touched, touched, now);
    return touched;
  }

  /** Picks of the kept rows of the touched keys, followed by the rows of the batch. */
  #output(
    batch: Batch,
    touched: number,
    { picks, kinds, count }: { readonly picks: Int32Array; readonly kinds: Uint8Array; readonly count: number },
  ): Batch | undefined {
    if (count === 0) return undefined;
    const { schema } = this.#node;
    // A key without row reads whatever lies in its slot, which nothing picks.
    const all = batch.columns.map((column, i) => concat(this.#rows.column(i, this.#touched, touched), column));
    const updates = kinds.subarray(0, count).some((kind) => kind !== KIND_INSERT);
    if (!updates)
      return new Batch(
        schema,
        all.map((column) => gather(column, picks, count)),
        count,
      );
    const differs = new Uint8Array(count);
    const next = picks.map((_, k) => (kinds[k] === KIND_UPDATE_BEFORE ? picks[k + 1]! : picks[k]!));
    for (const column of all) markDifferences(gather(column, picks, count), gather(column, next, count), differs);
    let kept = 0;
    for (let k = 0; k < count; k++) {
      if (kinds[k] === KIND_UPDATE_BEFORE && differs[k] === 0) {
        k++;
        continue;
      }
      kinds[kept] = kinds[k]!;
      picks[kept++] = picks[k]!;
    }
    if (kept === 0) return undefined;
    const columns = all.map((column) => gather(column, picks, kept));
    return new Batch(schema, columns, kept, null, kinds.slice(0, kept));
  }

  #keep(batch: Batch, touched: number): void {
    const rows = new Int32Array(touched);
    const slots = new Int32Array(touched);
    let count = 0;
    for (let t = 0; t < touched; t++) {
      const slot = this.#touched[t]!;
      this.#places.set(slot, 0);
      const at = this.#latest[t]!;
      if (at === ABSENT) this.#remove(slot);
      else if (at >= touched) {
        rows[count] = at - touched;
        slots[count++] = slot;
      }
    }
    this.#rows.write(batch.columns, rows, slots, count);
  }

  #remove(slot: number): void {
    this.#rows.clear(slot);
    this.#keys.remove(slot);
  }
}
