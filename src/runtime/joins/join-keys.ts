import type { Batch } from '../../columnar/batch.ts';
import type { Column } from '../../columnar/column.ts';
import type { KeyTable } from '../../contracts/state.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { StateRegistry } from '../state/state-registry.ts';
import type { JoinSide } from './join-side.ts';

/** A row that meets nothing because its key has a NULL. */
export const NO_KEY = -1;
/** The head of the left chain of a key that is given up. */
const GONE = -1;

/** The join keys of both sides: one table, so that a row finds its own chain and that of the other side at once. */
export class JoinKeys {
  readonly #table: KeyTable;
  readonly #sides: readonly [JoinSide, JoinSide];
  readonly #nullsMatch: readonly boolean[];
  /** The key of each row of the batch at hand. */
  slots = new Int32Array(0);

  /** @param nullsMatch for each part of the key, whether NULL meets NULL; no parts: every row has the same key */
  constructor(
    state: StateRegistry,
    types: readonly SqlType[],
    { sides, nullsMatch }: { readonly sides: readonly [JoinSide, JoinSide]; readonly nullsMatch: readonly boolean[] },
  ) {
    this.#table = state.keys('keys', types);
    this.#sides = sides;
    this.#nullsMatch = nullsMatch;
    if (types.length === 0) this.#ensure(1);
  }

  get size(): number {
    return this.#table.size;
  }

  /** Fills `slots` for the rows of a batch; NO_KEY where a NULL in the key meets nothing. */
  locate(batch: Batch, rows: Int32Array, columns: readonly number[]): void {
    const { size } = batch;
    if (this.slots.length < size) this.slots = new Int32Array(size * 2);
    const { slots } = this;
    if (columns.length === 0) {
      slots.fill(0, 0, size);
      return;
    }
    const keys = columns.map((column) => batch.columns[column]!);
    const nulls = keys.flatMap((key, i) => (key.nulls === null || this.#nullsMatch[i]! ? [] : [key.nulls]));
    const present = nulls.length === 0 ? undefined : withoutNulls(rows, size, nulls);
    if (present === undefined || present.length === size) {
      this.#add(keys, rows, size, slots);
      return;
    }
    const found = new Int32Array(present.length);
    const picked = present.map((k) => rows[k]!);
    this.#add(keys, picked, present.length, found);
    slots.fill(NO_KEY, 0, size);
    for (let i = 0; i < present.length; i++) slots[present[i]!] = found[i]!;
  }

  /** Forgets a key that no row has any more. */
  release(key: number): void {
    if (key === NO_KEY || this.#nullsMatch.length === 0) return;
    const [left, right] = [this.#sides[0].heads, this.#sides[1].heads];
    if (left.get(key) !== 0 || right.get(key) !== 0) return;
    left.set(key, GONE);
    this.#table.remove(key);
  }

  #add(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array): void {
    const fresh = this.#table.upsert(keys, rows, count, slots);
    if (fresh === 0) return;
    this.#ensure(this.#table.slotCount);
    const { freshSlots } = this.#table;
    for (const { heads } of this.#sides) for (let k = 0; k < fresh; k++) heads.set(freshSlots[k]!, 0);
  }

  #ensure(count: number): void {
    this.#sides[0].heads.ensure(count);
    this.#sides[1].heads.ensure(count);
  }
}

/** Positions of the rows without NULL in any of these. */
function withoutNulls(rows: Int32Array, size: number, nulls: readonly Uint8Array[]): Int32Array {
  const present = new Int32Array(size);
  let count = 0;
  for (let k = 0; k < size; k++) {
    let absent = false;
    for (const one of nulls) if (one[rows[k]!] === 1) absent = true;
    if (!absent) present[count++] = k;
  }
  return present.subarray(0, count);
}
