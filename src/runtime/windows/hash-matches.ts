import type { Column } from '../../columnar/column.ts';
import { ascendingRows } from '../rows.ts';
import { createKeyTable } from '../state/key-table.ts';

/** Rows of a build side by equal keys; a row with a NULL key equals nothing. */
export class HashMatches {
  readonly #table: ReturnType<typeof createKeyTable> | undefined;
  /** Rows sorted by key slot; those of slot s are `#starts[s] … #starts[s + 1]`. */
  readonly #rows: Int32Array;
  readonly #starts: Int32Array;

  constructor(keys: readonly Column[], count: number) {
    const slots = new Int32Array(count);
    let slotCount = 1;
    if (keys.length > 0) {
      this.#table = createKeyTable(keys.map((one) => one.type));
      this.#table.upsert(keys, ascendingRows(count), count, slots);
      slotCount = this.#table.slotCount;
    }
    const taken = (row: number): boolean => !hasNull(keys, row);
    const starts = new Int32Array(slotCount + 1);
    for (let row = 0; row < count; row++) if (taken(row)) starts[slots[row]! + 1]!++;
    for (let slot = 0; slot < slotCount; slot++) starts[slot + 1]! += starts[slot]!;
    const next = starts.slice();
    this.#rows = new Int32Array(count);
    for (let row = 0; row < count; row++) if (taken(row)) this.#rows[next[slots[row]!]!++] = row;
    this.#starts = starts;
  }

  /** How to find the partners of each row of the other side. */
  probe(keys: readonly Column[], count: number): (row: number) => Int32Array {
    const slots = new Int32Array(count);
    this.#table?.find(keys, ascendingRows(count), count, slots);
    return (row) => {
      const slot = slots[row]!;
      if (slot < 0 || hasNull(keys, row)) return NONE;
      return this.#rows.subarray(this.#starts[slot], this.#starts[slot + 1]);
    };
  }
}

const NONE = new Int32Array(0);

function hasNull(keys: readonly Column[], row: number): boolean {
  return keys.some((column) => column.nulls !== null && column.nulls[row] === 1);
}
