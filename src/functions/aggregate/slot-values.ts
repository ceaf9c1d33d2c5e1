import { ByteSlice } from '../../columnar/byte-slice.ts';
import { ColumnBuilder, type Value } from '../../columnar/builder.ts';
import {
  allocateValues,
  bytesColumn,
  fixedColumn,
  type BytesColumn,
  type Column,
  type FixedColumn,
  type Int64Column,
} from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { BytesStore, StateFactory } from '../../contracts/state.ts';
import { layoutOf, type Layout } from '../../types/layout.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** One value (or none, which is NULL) per slot, of any type. */
export interface SlotValues {
  readonly type: SqlType;
  ensure(slotCount: number): void;
  /** Whether the slot holds a value. */
  has(slot: number): boolean;
  /** Stores the value of a row that is not NULL. */
  put(slot: number, column: Column, row: number): void;
  get(slot: number): Value;
  copy(from: SlotValues, fromSlot: number, slot: number): void;
  clear(slot: number): void;
  /** Keeps the greatest (`sign` 1) or smallest (−1) of what is held and the rows; fixed layouts of one word only. */
  takeExtreme?(column: Column, rows: Int32Array, slots: Int32Array, count: number, sign: 1 | -1): void;
  /** The values of these slots; NULL where there is none. */
  column(slots: Int32Array, count: number): Column;
}

export function slotValues(state: StateFactory, name: string, type: SqlType): SlotValues {
  const layout = layoutOf(type);
  if (layout === 'bytes') return new BytesSlotValues(state, name, type);
  if (layout === 'i128') return new WideSlotValues(state, name, type);
  return new FixedSlotValues(state, name, type);
}

type PageLayout = 'u8' | 'i32' | 'f64' | 'i64';

/** The page layout that holds values of a fixed layout without loss. */
function pageLayoutOf(layout: Exclude<Layout, 'bytes' | 'i128'>): PageLayout {
  switch (layout) {
    case 'bool':
      return 'u8';
    case 'i8':
    case 'i16':
    case 'i32':
      return 'i32';
    case 'i64':
      return 'i64';
    case 'f32':
    case 'f64':
      return 'f64';
  }
}

class FixedSlotValues implements SlotValues {
  readonly type: SqlType;
  readonly #layout: Exclude<Layout, 'bytes'>;
  readonly #values: PagedArray;
  readonly #present: PagedArray<'u8'>;

  constructor(state: StateFactory, name: string, type: SqlType) {
    this.type = type;
    this.#layout = layoutOf(type) as Exclude<Layout, 'bytes'>;
    this.#values = state.array(`${name}.value`, pageLayoutOf(this.#layout as Exclude<Layout, 'bytes' | 'i128'>));
    this.#present = state.array(`${name}.present`, 'u8');
  }

  ensure(slotCount: number): void {
    this.#values.ensure(slotCount);
    this.#present.ensure(slotCount);
  }

  has(slot: number): boolean {
    return this.#present.get(slot) === 1;
  }

  put(slot: number, column: Column, row: number): void {
    this.#values.set(slot, (column as FixedColumn).values[row]!);
    this.#present.set(slot, 1);
  }

  get(slot: number): Value {
    if (!this.has(slot)) return null;
    const value = this.#values.get(slot);
    return this.#layout === 'bool' ? value === 1 : value;
  }

  copy(from: SlotValues, fromSlot: number, slot: number): void {
    const other = from as FixedSlotValues;
    this.#values.set(slot, other.#values.get(fromSlot));
    this.#present.set(slot, other.#present.get(fromSlot));
  }

  clear(slot: number): void {
    this.#present.set(slot, 0);
    this.#values.set(slot, this.#values.layout === 'i64' ? 0n : 0);
  }

  takeExtreme(column: Column, rows: Int32Array, slots: Int32Array, count: number, sign: 1 | -1): void {
    if (column.layout === 'i64') takeExtremeBigints(this.#values, this.#present, column, rows, slots, count, sign);
    else takeExtremeNumbers(this.#values, this.#present, column as FixedColumn, rows, slots, count, sign);
  }

  column(slots: Int32Array, count: number): Column {
    const values = allocateValues(this.#layout, count) as { [row: number]: number | bigint };
    let nulls: Uint8Array | null = null;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      if (this.has(slot)) values[k] = this.#values.get(slot);
      else (nulls ??= new Uint8Array(count))[k] = 1;
    }
    return fixedColumn(this.type, values as unknown as Float64Array, count, nulls);
  }
}

class WideSlotValues implements SlotValues {
  readonly type: SqlType;
  /** Two words a slot, low and high. */
  readonly #words: PagedArray<'i64'>;
  readonly #present: PagedArray<'u8'>;

  constructor(state: StateFactory, name: string, type: SqlType) {
    this.type = type;
    this.#words = state.array(`${name}.value`, 'i64');
    this.#present = state.array(`${name}.present`, 'u8');
  }

  ensure(slotCount: number): void {
    this.#words.ensure(slotCount * 2);
    this.#present.ensure(slotCount);
  }

  has(slot: number): boolean {
    return this.#present.get(slot) === 1;
  }

  put(slot: number, column: Column, row: number): void {
    const { values } = column as FixedColumn;
    this.#words.set(slot * 2, values[row * 2] as bigint);
    this.#words.set(slot * 2 + 1, values[row * 2 + 1] as bigint);
    this.#present.set(slot, 1);
  }

  get(slot: number): Value {
    if (!this.has(slot)) return null;
    return (this.#words.get(slot * 2 + 1) << 64n) | BigInt.asUintN(64, this.#words.get(slot * 2));
  }

  copy(from: SlotValues, fromSlot: number, slot: number): void {
    const other = from as WideSlotValues;
    this.#words.set(slot * 2, other.#words.get(fromSlot * 2));
    this.#words.set(slot * 2 + 1, other.#words.get(fromSlot * 2 + 1));
    this.#present.set(slot, other.#present.get(fromSlot));
  }

  clear(slot: number): void {
    this.#present.set(slot, 0);
  }

  column(slots: Int32Array, count: number): Column {
    const words = new BigInt64Array(count * 2);
    let nulls: Uint8Array | null = null;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      if (this.has(slot)) {
        words[2 * k] = this.#words.get(2 * slot);
        words[2 * k + 1] = this.#words.get(2 * slot + 1);
      } else {
        (nulls ??= new Uint8Array(count))[k] = 1;
      }
    }
    return fixedColumn(this.type, words, count, nulls);
  }
}

class BytesSlotValues implements SlotValues {
  readonly type: SqlType;
  readonly #bytes: BytesStore;
  readonly #present: PagedArray<'u8'>;
  /** Two, so that two slots can be compared. */
  readonly #registers = [new ByteSlice(), new ByteSlice()];
  #turn = 0;

  constructor(state: StateFactory, name: string, type: SqlType) {
    this.type = type;
    this.#bytes = state.bytes(`${name}.value`);
    this.#present = state.array(`${name}.present`, 'u8');
  }

  ensure(slotCount: number): void {
    this.#bytes.ensure(slotCount);
    this.#present.ensure(slotCount);
  }

  has(slot: number): boolean {
    return this.#present.get(slot) === 1;
  }

  put(slot: number, column: Column, row: number): void {
    const { bytes, offsets, lengths } = column as BytesColumn;
    this.#bytes.set(slot, bytes, offsets[row]!, lengths[row]!);
    this.#present.set(slot, 1);
  }

  /** A view that the call after the next moves. */
  get(slot: number): Value {
    if (!this.has(slot)) return null;
    this.#turn = 1 - this.#turn;
    const register = this.#registers[this.#turn]!;
    this.#bytes.read(slot, register);
    return register;
  }

  copy(from: SlotValues, fromSlot: number, slot: number): void {
    const value = from.get(fromSlot) as ByteSlice | null;
    if (value === null) this.clear(slot);
    else {
      this.#bytes.set(slot, value.bytes, value.offset, value.length);
      this.#present.set(slot, 1);
    }
  }

  clear(slot: number): void {
    this.#bytes.clear(slot);
    this.#present.set(slot, 0);
  }

  column(slots: Int32Array, count: number): Column {
    const builder = new ColumnBuilder(this.type, count);
    for (let k = 0; k < count; k++) builder.append(this.get(slots[k]!));
    return count === 0 ? emptyBytes(this.type) : builder.finish();
  }
}

function emptyBytes(type: SqlType): Column {
  const none = new Int32Array(0);
  return bytesColumn(type, { bytes: new Uint8Array(0), offsets: none, lengths: none }, 0);
}

// The two loops are alike but must not be one: numbers and bigints in one loop would make each row slow.
function takeExtremeNumbers(
  held: PagedArray,
  present: PagedArray<'u8'>,
  column: FixedColumn,
  rows: Int32Array,
  slots: Int32Array,
  count: number,
  sign: 1 | -1,
): void {
  const values = column.values as Float64Array;
  const { nulls } = column;
  const pages = held.pages as Float64Array[];
  const { shift, mask } = held;
  for (let k = 0; k < count; k++) {
    const row = rows[k]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const slot = slots[k]!;
    const value = values[row]!;
    const page = pages[slot >> shift]!;
    const before = page[slot & mask]!;
    if (present.pages[slot >> present.shift]![slot & present.mask] === 0) {
      present.set(slot, 1);
    } else if (
      value !== value
        ? sign === -1 || before !== before
        : before !== before
          ? sign === 1
          : sign === 1
            ? value <= before
            : value >= before
    ) {
      // NaN stands above all numbers, whatever the order of arrival.
      continue;
    }
    page[slot & mask] = value;
  }
}

function takeExtremeBigints(
  held: PagedArray,
  present: PagedArray<'u8'>,
  column: Int64Column,
  rows: Int32Array,
  slots: Int32Array,
  count: number,
  sign: 1 | -1,
): void {
  const { values, nulls } = column;
  const pages = held.pages as BigInt64Array[];
  const { shift, mask } = held;
  for (let k = 0; k < count; k++) {
    const row = rows[k]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const slot = slots[k]!;
    const value = values[row]!;
    const page = pages[slot >> shift]!;
    const before = page[slot & mask]!;
    if (present.pages[slot >> present.shift]![slot & present.mask] === 0) present.set(slot, 1);
    else if (sign === 1 ? value <= before : value >= before) continue;
    page[slot & mask] = value;
  }
}
