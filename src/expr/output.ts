import type { ByteSlice } from '../columnar/byte-slice.ts';
import { allocateValues, bytesColumn, fixedColumn, type Column, type FixedValues } from '../columnar/column.ts';
import { layoutOf, type Layout } from '../types/layout.ts';
import type { SqlType } from '../types/sql-type.ts';

/** One computed column while generated code fills it. Rows not written are zero. */
export class FixedOutput {
  readonly values: FixedValues;
  readonly #type: SqlType;
  readonly #rows: number;
  #nulls: Uint8Array | null = null;

  constructor(type: SqlType, rows: number) {
    this.#type = type;
    this.#rows = rows;
    this.values = allocateValues(layoutOf(type) as Exclude<Layout, 'bytes'>, rows);
  }

  /** The null flags, made when the first NULL occurs. */
  nulls(): Uint8Array {
    return (this.#nulls ??= new Uint8Array(this.#rows));
  }

  finish(rows: number): Column {
    return fixedColumn(this.#type, this.values, rows, this.#nulls);
  }
}

/**
 * One computed VARCHAR or VARBINARY column. As long as all values are views of one immutable buffer (a column of the
 * input, a literal) the result is made of views as well; the first value from elsewhere moves everything to an arena.
 */
export class BytesOutput {
  readonly #type: SqlType;
  readonly #rows: number;
  readonly #immutable: ReadonlySet<Uint8Array>;
  readonly #offsets: Int32Array;
  readonly #lengths: Int32Array;
  /** The buffer all values so far are views of. */
  #shared: Uint8Array | null = null;
  #arena: Uint8Array | null = null;
  #used = 0;
  #nulls: Uint8Array | null = null;
  #sizeHint: number;

  /**
   * @param immutable buffers whose bytes never change, so that views of them may leave the expression
   * @param sizeHint  bytes to start the arena with
   */
  constructor(type: SqlType, rows: number, immutable: ReadonlySet<Uint8Array>, sizeHint: number) {
    this.#type = type;
    this.#rows = rows;
    this.#immutable = immutable;
    this.#offsets = new Int32Array(rows);
    this.#lengths = new Int32Array(rows);
    this.#sizeHint = sizeHint;
  }

  /** Bytes copied to the arena. */
  get used(): number {
    return this.#used;
  }

  nulls(): Uint8Array {
    return (this.#nulls ??= new Uint8Array(this.#rows));
  }

  put(row: number, value: ByteSlice): void {
    const { bytes, length } = value;
    if (bytes === this.#shared) {
      this.#offsets[row] = value.offset;
      this.#lengths[row] = length;
    } else if (length > 0) {
      if (this.#arena === null && this.#shared === null && this.#immutable.has(bytes)) {
        this.#shared = bytes;
        this.#offsets[row] = value.offset;
        this.#lengths[row] = length;
        return;
      }
      if (this.#arena === null) this.#leaveViews();
      this.#copy(row, bytes, value.offset, length);
    }
  }

  finish(rows: number): Column {
    const bytes = this.#shared ?? this.#arena ?? NONE;
    return bytesColumn(this.#type, { bytes, offsets: this.#offsets, lengths: this.#lengths }, rows, this.#nulls);
  }

  #leaveViews(): void {
    const shared = this.#shared;
    this.#shared = null;
    this.#arena = new Uint8Array(Math.max(this.#sizeHint, 1024));
    if (shared === null) return;
    for (let row = 0; row < this.#rows; row++) {
      const length = this.#lengths[row]!;
      if (length > 0) this.#copy(row, shared, this.#offsets[row]!, length);
    }
  }

  #copy(row: number, bytes: Uint8Array, offset: number, length: number): void {
    let arena = this.#arena ?? NONE;
    const start = this.#used;
    if (start + length > arena.length) {
      const larger = new Uint8Array(Math.max(arena.length * 2, start + length));
      larger.set(arena.subarray(0, start));
      this.#arena = arena = larger;
    }
    // Below this length a loop beats the call of `set` with its `subarray`.
    if (length <= 48) for (let i = 0; i < length; i++) arena[start + i] = bytes[offset + i]!;
    else arena.set(bytes.subarray(offset, offset + length), start);
    this.#offsets[row] = start;
    this.#lengths[row] = length;
    this.#used = start + length;
  }
}

export type Output = FixedOutput | BytesOutput;

const NONE = new Uint8Array(0);
