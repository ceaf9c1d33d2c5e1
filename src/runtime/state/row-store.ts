import { allocateValues, bytesColumn, fixedColumn, type Column, type FixedValues } from '../../columnar/column.ts';
import { gatherWords, scatterWords } from '../../columnar/linear/paged-kernels.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { BytesStore, StateFactory } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { layoutOf, type Layout } from '../../types/layout.ts';
import type { Schema } from '../../types/schema.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** Whole rows of one schema by slot, column by column. Who owns it hands out the slots. */
export class RowStore {
  readonly #cells: readonly Cells[];

  constructor(state: StateFactory, schema: Schema) {
    this.#cells = schema.fields.map((field, i) => cellsOf(state.scope(`column${i}`), field.type));
  }

  /** Makes room for slots below `slotCount`; one never written holds anything. */
  ensure(slotCount: number): void {
    for (const cells of this.#cells) cells.ensure(slotCount);
  }

  /** Puts row `rows[k]` into slot `slots[k]`. */
  write(columns: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    let slotCount = 0;
    for (let k = 0; k < count; k++) if (slots[k]! >= slotCount) slotCount = slots[k]! + 1;
    this.#cells.forEach((cells, i) => {
      cells.ensure(slotCount);
      cells.write(columns[i]!, rows, slots, count);
    });
  }

  /** The rows of these slots, in this order. */
  read(slots: Int32Array, count: number): Column[] {
    return this.#cells.map((cells) => cells.read(slots, count));
  }

  /** One column of these rows. */
  column(index: number, slots: Int32Array, count: number): Column {
    return this.#cells[index]!.read(slots, count);
  }

  /** Gives the bytes of a slot back. */
  clear(slot: number): void {
    for (const cells of this.#cells) cells.clear(slot);
  }
}

/** One column of the store. */
interface Cells {
  ensure(slotCount: number): void;
  write(column: Column, rows: Int32Array, slots: Int32Array, count: number): void;
  read(slots: Int32Array, count: number): Column;
  clear(slot: number): void;
}

function cellsOf(state: StateFactory, type: SqlType): Cells {
  const layout = layoutOf(type);
  return layout === 'bytes' ? new BytesCells(state, type) : new FixedCells(state, type, layout);
}

class BytesCells implements Cells {
  readonly #type: SqlType;
  readonly #nulls: NullMarks;
  readonly #bytes: BytesStore;

  constructor(state: StateFactory, type: SqlType) {
    this.#type = type;
    this.#nulls = new NullMarks(state);
    this.#bytes = state.bytes('bytes');
  }

  ensure(slotCount: number): void {
    this.#bytes.ensure(slotCount);
  }

  write(column: Column, rows: Int32Array, slots: Int32Array, count: number): void {
    if (column.layout !== 'bytes') throw new InternalError('a column of another layout is stored');
    const { bytes, offsets, lengths, nulls } = column;
    this.#nulls.write(nulls, rows, slots, count);
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) this.#bytes.clear(slots[k]!);
      else this.#bytes.set(slots[k]!, bytes, offsets[row]!, lengths[row]!);
    }
  }

  read(slots: Int32Array, count: number): Column {
    const offsets = new Int32Array(count);
    const lengths = new Int32Array(count);
    let bytes = new Uint8Array(Math.max(64, count * 16));
    let used = 0;
    const into = {
      view: (from: Uint8Array, offset: number, length: number): void => {
        if (used + length > bytes.length) {
          const larger = new Uint8Array((used + length) * 2);
          larger.set(bytes.subarray(0, used));
          bytes = larger;
        }
        bytes.set(from.subarray(offset, offset + length), used);
        used += length;
      },
    };
    for (let k = 0; k < count; k++) {
      offsets[k] = used;
      this.#bytes.read(slots[k]!, into);
      lengths[k] = used - offsets[k]!;
    }
    return bytesColumn(this.#type, { bytes, offsets, lengths }, count, this.#nulls.read(slots, count));
  }

  clear(slot: number): void {
    this.#bytes.clear(slot);
  }
}

/** The values lie as 32-bit words: a BIGINT that passes as two of them is much faster than as a BigInt. */
class FixedCells implements Cells {
  readonly #type: SqlType;
  readonly #layout: Exclude<Layout, 'bytes'>;
  readonly #words: number;
  readonly #nulls: NullMarks;
  readonly #items: PagedArray<'i32'>;

  constructor(state: StateFactory, type: SqlType, layout: Exclude<Layout, 'bytes'>) {
    this.#type = type;
    this.#layout = layout;
    this.#words = wordsOf[layout];
    this.#nulls = new NullMarks(state);
    this.#items = state.array('items', 'i32');
  }

  ensure(slotCount: number): void {
    this.#items.ensure(slotCount * this.#words);
  }

  write(column: Column, rows: Int32Array, slots: Int32Array, count: number): void {
    if (column.layout === 'bytes') throw new InternalError('a column of another layout is stored');
    this.#nulls.write(column.nulls, rows, slots, count);
    const width = this.#words;
    const from = width > 1 || column.layout === 'f32' ? asWords(column.values) : (column.values as Int32Array);
    if (width === 2 && scatterWords(this.#items, slots, rows, count, from)) return;
    const { pages, shift, mask } = this.#items;
    // Pages hold a whole number of items, so the words of one lie side by side.
    for (let k = 0; k < count; k++) {
      const at = slots[k]! * width;
      const page = pages[at >> shift]!;
      const to = at & mask;
      const row = rows[k]! * width;
      for (let w = 0; w < width; w++) page[to + w] = from[row + w]!;
    }
  }

  read(slots: Int32Array, count: number): Column {
    const width = this.#words;
    const values = allocateValues(this.#layout, count);
    const into = width > 1 || this.#layout === 'f32' ? asWords(values) : (values as Int32Array);
    const { pages, shift, mask } = this.#items;
    const done = width === 2 && gatherWords(this.#items, slots, count, into);
    for (let k = done ? count : 0; k < count; k++) {
      const at = slots[k]! * width;
      const page = pages[at >> shift]!;
      const from = at & mask;
      for (let w = 0; w < width; w++) into[k * width + w] = page[from + w]!;
    }
    return fixedColumn(this.#type, values, count, this.#nulls.read(slots, count));
  }

  clear(): void {
    // What lies in a free slot takes no room of its own.
  }
}

const wordsOf: Record<Exclude<Layout, 'bytes'>, number> = {
  bool: 1,
  i8: 1,
  i16: 1,
  i32: 1,
  f32: 1,
  i64: 2,
  f64: 2,
  i128: 4,
};

function asWords(values: FixedValues): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.byteLength >> 2);
}

/** Which slots hold NULL. Before the first NULL nothing is kept. */
class NullMarks {
  readonly #marks: PagedArray<'u8'>;

  constructor(state: StateFactory) {
    this.#marks = state.array('nulls', 'u8');
  }

  write(nulls: Uint8Array | null, rows: Int32Array, slots: Int32Array, count: number): void {
    const marks = this.#marks;
    if (nulls === null && marks.capacity === 0) return;
    for (let k = 0; k < count; k++) {
      const mark = nulls === null ? 0 : nulls[rows[k]!]!;
      const slot = slots[k]!;
      if (slot >= marks.capacity) {
        if (mark === 0) continue;
        marks.ensure(slot + 1);
      }
      marks.pages[slot >> marks.shift]![slot & marks.mask] = mark;
    }
  }

  read(slots: Int32Array, count: number): Uint8Array | null {
    const { pages, shift, mask, capacity } = this.#marks;
    if (capacity === 0) return null;
    let nulls: Uint8Array | null = null;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      if (slot < capacity && pages[slot >> shift]![slot & mask] === 1) (nulls ??= new Uint8Array(count))[k] = 1;
    }
    return nulls;
  }
}
