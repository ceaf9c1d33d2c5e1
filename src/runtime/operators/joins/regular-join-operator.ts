import { KIND_DELETE, KIND_INSERT, KIND_UPDATE_AFTER, type Batch } from '../../../columnar/batch.ts';
import { fixedColumn, type Column } from '../../../columnar/column.ts';
import type { Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import type { RegularJoinExec } from '../../../planner/physical/plan.ts';
import { BOOLEAN } from '../../../types/sql-type.ts';
import { JoinKeys, NO_KEY } from '../../joins/join-keys.ts';
import { JoinOutput, NOTHING, type ColumnReader } from '../../joins/join-output.ts';
import { JoinSide } from '../../joins/join-side.ts';
import { PairFilter } from '../../joins/pair-filter.ts';
import { gather, rowsOf } from '../../rows.ts';
import { StateRegistry } from '../../state/state-registry.ts';

/** Rows of a batch are worked off in pieces that meet about so many partners. */
const PIECE_PAIRS = 4096;

/** What stands where in one side. */
interface SideLayout {
  /** Input columns that are kept. */
  readonly stored: readonly number[];
  readonly keys: readonly number[];
}

/** An output column of the join: of the left, of the right, or the mark. */
interface OutputColumn {
  readonly side: 0 | 1 | 'mark';
  /** Column of that input. */
  readonly column: number;
}

/**
 * Joins two streams. Each row is kept by its key and meets what the other side holds; rows without a partner are shown
 * filled up with NULL by outer joins, taken back when the first partner comes and shown again when the last one goes.
 * Of semi, anti and mark joins only left rows go on. A row whose key has a NULL meets nothing and is not kept.
 */
export class RegularJoinOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: RegularJoinExec;
  readonly #state = new StateRegistry();
  readonly #keys: JoinKeys;
  readonly #layouts: readonly [SideLayout, SideLayout];
  readonly #sides: readonly [JoinSide, JoinSide];
  readonly #outputs: readonly OutputColumn[];
  readonly #filter: PairFilter | undefined;
  /** Columns of the condition: their side and their column there. */
  readonly #tested: readonly OutputColumn[];
  readonly #rows = new JoinOutput();
  /** Semi, anti, mark: a right row is asked for its key alone, and none goes. */
  readonly #firstIsEnough: boolean;
  /** Semi, anti, mark: a left row that has a partner will always have one, and never goes. */
  readonly #settles: boolean;
  #context: OperatorContext | undefined;
  /** Rows of the batch (by position) and rows of the other side that meet. */
  #mine: Int32Array = new Int32Array(PIECE_PAIRS * 2);
  #theirs: Int32Array = new Int32Array(PIECE_PAIRS * 2);

  constructor(node: RegularJoinExec) {
    this.#node = node;
    const { joinType, left, right, condition, stateTtlMs: ttlMs } = node;
    const width = left.schema.fields.length;
    const place = (index: number): OutputColumn =>
      index < width ? { side: 0, column: index } : { side: 1, column: index - width };
    this.#outputs = node.outputs.map((index) =>
      joinType === 'mark' && index === width ? { side: 'mark', column: 0 } : place(index),
    );
    this.#tested = condition?.columns.map(place) ?? [];
    const inputs = [left, right] as const;
    const tests = joinType === 'semi' || joinType === 'anti' || joinType === 'mark';
    const grows = inputs.map((one) => one.changelog === 'insert-only');
    // Later rows of a key would also keep it from being forgotten.
    this.#firstIsEnough = tests && grows[1]! && condition === undefined && ttlMs === undefined;
    this.#settles = tests && grows[0]! && grows[1]! && ttlMs === undefined;
    const layout = (side: 0 | 1): SideLayout => {
      const keys = node.keys.map((key) => (side === 0 ? key.left : key.right));
      const retracts = inputs[side].changelog !== 'insert-only';
      const read = [...this.#outputs, ...this.#tested].filter((one) => one.side === side).map((one) => one.column);
      // Rows are found again by what is kept of them; equal rows of two keys are two rows.
      return { stored: [...new Set(retracts ? [...keys, ...read] : read)], keys };
    };
    this.#layouts = [layout(0), layout(1)];
    const counted = [joinType !== 'inner' && joinType !== 'right', joinType === 'right' || joinType === 'full'];
    const side = (at: 0 | 1): JoinSide =>
      new JoinSide(
        this.#state.scope(at === 0 ? 'left' : 'right'),
        this.#layouts[at].stored.map((column) => inputs[at].schema.fields[column]!.type),
        {
          retracts: inputs[at].changelog !== 'insert-only',
          counted: counted[at]!,
          ttlMs: node.forever === (at === 0 ? 'left' : 'right') ? undefined : ttlMs,
        },
      );
    this.#sides = [side(0), side(1)];
    const types = node.keys.map((key) => left.schema.fields[key.left]!.type);
    const nullsMatch = node.keys.map((key) => key.nullsMatch);
    this.#keys = new JoinKeys(this.#state, types, { sides: this.#sides, nullsMatch });
    if (condition !== undefined) {
      const fields = this.#tested.map((one) => inputs[one.side as 0 | 1].schema.fields[one.column]!);
      this.#filter = new PairFilter(condition, { fields });
    }
  }

  open(context: OperatorContext): void {
    this.#context = context;
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes + this.#sides[0].bytes + this.#sides[1].bytes);
    context.metrics.gauge('stateKeys', () => this.#keys.size);
    context.metrics.gauge('stateRows', () => this.#sides[0].size + this.#sides[1].size);
    // One timer for both sides.
    this.#sides[0].start(context);
  }

  process(batch: Batch, out: Out, input: number): void | Promise<void> {
    const at = input === 0 ? 0 : 1;
    const layout = this.#layouts[at];
    const rows = rowsOf(batch);
    this.#keys.locate(batch, rows, layout.keys);
    this.#sides[at].begin(
      layout.stored.map((column) => batch.columns[column]!),
      rows,
      batch.size,
    );
    return this.#continue({ batch, rows, at, stored: layout.stored.map((column) => batch.columns[column]!) }, 0, out);
  }

  /** Removes rows that were not written for their time to live; nothing is sent (Flink). */
  onTimer(nowMs: number): void {
    for (const side of this.#sides) for (const key of side.sweep(nowMs)) this.#keys.release(key);
  }

  snapshot(into: StateWriter): void {
    this.#state.snapshot(into.scope('state'));
    this.#sides[0].snapshot(into.scope('left'));
    this.#sides[1].snapshot(into.scope('right'));
  }

  restore(from: StateReader): void {
    this.#state.restore(from.scope('state'));
    this.#sides[0].restore(from.scope('left'));
    this.#sides[1].restore(from.scope('right'));
  }

  describe(): Readonly<Record<string, string>> {
    const { joinType, keys, left, right } = this.#node;
    const names = keys.map((key) => `${left.schema.fields[key.left]!.name} = ${right.schema.fields[key.right]!.name}`);
    return { type: joinType, keys: names.join(' AND ') };
  }

  #continue(work: Work, from: number, out: Out): void | Promise<void> {
    const { size } = work.batch;
    let next = from;
    while (next < size) {
      next = this.#piece(work, next);
      if (this.#rows.size === 0) continue;
      const pending = out.emit(this.#take(work));
      if (pending !== undefined) return this.#resume(work, next, pending, out);
    }
    this.#finish(work);
    return undefined;
  }

  async #resume(work: Work, next: number, pending: Promise<void>, out: Out): Promise<void> {
    await pending;
    await this.#continue(work, next, out);
  }

  /** Works off rows from position `from` on. @returns the position behind the last one */
  #piece(work: Work, from: number): number {
    const now = this.#node.stateTtlMs === undefined ? 0 : (this.#context?.now() ?? 0);
    const other = this.#sides[1 - work.at]!;
    const { end, count } = this.#meet(work, from, other, now);
    const kept = this.#filter === undefined || count === 0 ? count : this.#test(work, count, this.#filter);
    const { joinType } = this.#node;
    if (joinType === 'inner') this.#inner(work, from, end, kept);
    else if (joinType === 'left' || joinType === 'right' || joinType === 'full') this.#outer(work, from, end, kept);
    else if (work.at === 0) this.#leftOfSemi(work, from, end, kept);
    else this.#rightOfSemi(work, from, end, kept);
    this.#sides[work.at].store(work.stored, now);
    return end;
  }

  /** Lists the pairs of rows with equal keys. */
  #meet(work: Work, from: number, other: JoinSide, now: number): { readonly end: number; readonly count: number } {
    const { size } = work.batch;
    const keySlots = this.#keys.slots;
    const { pages: headPages, shift, mask } = other.heads;
    const { pages: nextPages } = other.next;
    const expires = this.#node.stateTtlMs !== undefined;
    let mine = this.#mine;
    let theirs = this.#theirs;
    let count = 0;
    let k = from;
    for (; k < size && count < PIECE_PAIRS; k++) {
      const key = keySlots[k]!;
      if (!this.#tellsMore(key, work.at)) continue;
      let link = headPages[key >> shift]![key & mask]!;
      while (link > 0) {
        const slot = link - 1;
        if (!expires || !other.expired(slot, now)) {
          if (count === mine.length) {
            this.#mine = mine = doubled(mine);
            this.#theirs = theirs = doubled(theirs);
          }
          mine[count] = k;
          theirs[count++] = slot;
        }
        link = nextPages[slot >> shift]![slot & mask]!;
      }
    }
    return { end: k, count };
  }

  #test(work: Work, count: number, filter: PairFilter): number {
    const { batch, rows, at } = work;
    const mine = new Int32Array(count);
    for (let p = 0; p < count; p++) mine[p] = rows[this.#mine[p]!]!;
    const columns = this.#tested.map(({ side, column }) =>
      side === at ? gather(batch.columns[column]!, mine, count) : this.#readTheirs(at, column)(this.#theirs, count),
    );
    return filter.apply(columns, this.#mine, this.#theirs, count);
  }

  #inner(work: Work, from: number, end: number, count: number): void {
    const { kinds } = work.batch;
    const me = this.#sides[work.at];
    const { copies } = this.#sides[1 - work.at]!;
    if (kinds === null && copies === undefined) {
      for (let k = from; k < end; k++)
        if (this.#keys.slots[k] !== NO_KEY) me.add(k, work.rows[k]!, this.#keys.slots[k]!, 0);
      [this.#mine, this.#theirs] = this.#rows.exchange(this.#mine, this.#theirs, count);
      return;
    }
    let p = 0;
    for (let k = from; k < end; k++) {
      const kind = this.#kind(work, k);
      const known = this.#keys.slots[k] !== NO_KEY && (kind === KIND_INSERT || me.knows(k));
      for (; p < count && this.#mine[p] === k; p++) {
        const slot = this.#theirs[p]!;
        if (known) this.#rows.add(kind, k, slot, copies === undefined ? 1 : copies.get(slot));
      }
      if (known) this.#keep(work, k, kind, 0);
    }
  }

  #outer(work: Work, from: number, end: number, count: number): void {
    const { joinType } = this.#node;
    const me = this.#sides[work.at];
    const { copies, matches } = this.#sides[1 - work.at]!;
    const isOuter = joinType === 'full' || (joinType === 'left') === (work.at === 0);
    let p = 0;
    for (let k = from; k < end; k++) {
      const kind = this.#kind(work, k);
      const adds = kind === KIND_INSERT;
      if (this.#keys.slots[k] === NO_KEY) {
        if (isOuter) this.#rows.add(kind, k, NOTHING, 1);
        continue;
      }
      const known = adds || me.knows(k);
      let matched = 0;
      for (; p < count && this.#mine[p] === k; p++) {
        if (!known) continue;
        const slot = this.#theirs[p]!;
        const times = copies === undefined ? 1 : copies.get(slot);
        matched += times;
        const meets = matches === undefined ? 0 : matches.get(slot);
        if (adds && matches !== undefined && meets === 0) this.#rows.add(KIND_DELETE, NOTHING, slot, times);
        this.#rows.add(kind, k, slot, times);
        if (matches === undefined) continue;
        matches.set(slot, adds ? meets + 1 : meets - 1);
        if (!adds && meets === 1) this.#rows.add(KIND_INSERT, NOTHING, slot, times);
      }
      if (!known) continue;
      if (matched === 0 && isOuter) this.#rows.add(kind, k, NOTHING, 1);
      this.#keep(work, k, kind, matched);
    }
  }

  #leftOfSemi(work: Work, from: number, end: number, count: number): void {
    const { joinType } = this.#node;
    const me = this.#sides[0];
    const { copies } = this.#sides[1];
    let p = 0;
    for (let k = from; k < end; k++) {
      const kind = this.#kind(work, k);
      let matched = 0;
      for (; p < count && this.#mine[p] === k; p++) matched += copies === undefined ? 1 : copies.get(this.#theirs[p]!);
      const keyed = this.#keys.slots[k] !== NO_KEY;
      if (keyed && kind !== KIND_INSERT && !me.knows(k)) continue;
      if (joinType === 'mark') this.#rows.add(kind, k, matched > 0 ? 1 : 0, 1);
      else if (matched > 0 === (joinType === 'semi')) this.#rows.add(kind, k, 0, 1);
      // Rows that only come never make a match undone.
      if (keyed && !(this.#settles && matched > 0)) this.#keep(work, k, kind, matched);
    }
  }

  #rightOfSemi(work: Work, from: number, end: number, count: number): void {
    const { joinType } = this.#node;
    const me = this.#sides[1];
    const { copies, matches } = this.#sides[0];
    let p = 0;
    for (let k = from; k < end; k++) {
      const kind = this.#kind(work, k);
      const adds = kind === KIND_INSERT;
      const known = this.#tellsMore(this.#keys.slots[k]!, work.at) && (adds || me.knows(k));
      for (; p < count && this.#mine[p] === k; p++) {
        if (!known) continue;
        const slot = this.#theirs[p]!;
        const times = copies === undefined ? 1 : copies.get(slot);
        const meets = matches?.get(slot) ?? 0;
        matches?.set(slot, adds ? meets + 1 : meets - 1);
        // Only the first partner that comes and the last one that goes change anything.
        if (meets !== (adds ? 0 : 1)) continue;
        if (joinType === 'mark') {
          this.#rows.add(KIND_DELETE, adds ? 0 : 1, slot, times);
          this.#rows.add(KIND_INSERT, adds ? 1 : 0, slot, times);
        } else {
          this.#rows.add(adds === (joinType === 'semi') ? KIND_INSERT : KIND_DELETE, 0, slot, times);
        }
      }
      if (known) this.#keep(work, k, kind, 0);
    }
  }

  /** Whether a row of this key can change anything: of a semi join the first right row says all where rows only come. */
  #tellsMore(key: number, at: 0 | 1): boolean {
    return key !== NO_KEY && !(at === 1 && this.#firstIsEnough && this.#sides[1].heads.get(key) > 0);
  }

  /** What a row does: it comes or it goes. */
  #kind({ batch, rows }: Work, k: number): typeof KIND_INSERT | typeof KIND_DELETE {
    if (batch.kinds === null) return KIND_INSERT;
    const kind = batch.kinds[rows[k]!]!;
    return kind === KIND_INSERT || kind === KIND_UPDATE_AFTER ? KIND_INSERT : KIND_DELETE;
  }

  #keep(work: Work, k: number, kind: number, matched: number): void {
    const me = this.#sides[work.at];
    if (kind === KIND_INSERT) me.add(k, work.rows[k]!, this.#keys.slots[k]!, matched);
    else me.remove(k);
  }

  #take({ batch, rows, at }: Work): Batch {
    const columns = this.#outputs.map(({ side, column }): { readonly mine: boolean; readonly read: ColumnReader } => {
      if (side === 'mark') return { mine: at === 1, read: marks };
      if (side !== at) return { mine: false, read: this.#readTheirs(at, column) };
      return {
        mine: true,
        read: (refs, count) => gather(batch.columns[column]!, placed(refs, rows, count), count),
      };
    });
    return this.#rows.take(this.#node.schema, columns);
  }

  /** A column of the side that the batch does not come from. */
  #readTheirs(at: 0 | 1, column: number): ColumnReader {
    const side = this.#sides[1 - at]!;
    const stored = this.#layouts[1 - at]!.stored.indexOf(column);
    return (refs, count) => side.column(stored, refs, count);
  }

  #finish(work: Work): void {
    const { size, kinds } = work.batch;
    const now = this.#node.stateTtlMs === undefined ? 0 : (this.#context?.now() ?? 0);
    this.#sides[work.at].finish(size, now);
    if (kinds === null) return;
    for (let k = 0; k < size; k++) this.#keys.release(this.#keys.slots[k]!);
  }
}

/** A batch being worked off. */
interface Work {
  readonly batch: Batch;
  readonly rows: Int32Array;
  /** The side it comes from. */
  readonly at: 0 | 1;
  readonly stored: readonly Column[];
}

function placed(positions: Int32Array, rows: Int32Array, count: number): Int32Array {
  const places = new Int32Array(count);
  for (let k = 0; k < count; k++) places[k] = rows[positions[k]!]!;
  return places;
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function marks(refs: Int32Array, count: number): Column {
  return fixedColumn(BOOLEAN, Uint8Array.from(refs.subarray(0, count)), count);
}
