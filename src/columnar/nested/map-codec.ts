import type { SqlType } from '../../types/sql-type.ts';
import type { Value } from '../builder.ts';
import type { ByteSlice } from '../byte-slice.ts';
import { ArrayReader, ArrayWriter } from './array-codec.ts';

/**
 * A MAP: the list of its keys, then the list of its values, in order of insertion. A MULTISET is the MAP of its elements
 * to how often they occur (INT). Order of insertion is kept, so equal maps may differ in bytes: `sameValues` compares.
 */
export class MapReader {
  readonly keys: ArrayReader;
  readonly values: ArrayReader;

  constructor(key: SqlType, value: SqlType) {
    this.keys = new ArrayReader(key);
    this.values = new ArrayReader(value);
  }

  get count(): number {
    return this.keys.count;
  }

  open(slice: ByteSlice): this {
    this.keys.open(slice);
    this.values.openAt(slice.bytes, slice.offset + this.keys.size);
    return this;
  }
}

export class MapWriter {
  readonly #keys: ArrayWriter;
  readonly #values: ArrayWriter;

  constructor(key: SqlType, value: SqlType) {
    this.#keys = new ArrayWriter(key);
    this.#values = new ArrayWriter(value);
  }

  /** The keys must differ: see `distinctEntries`. `out` must be none of the values. */
  write(out: ByteSlice, keys: readonly Value[], values: readonly Value[]): void {
    const keySize = this.#keys.sizeOf(keys);
    const bytes = out.reserve(keySize + this.#values.sizeOf(values));
    this.#keys.writeAt(bytes, 0, keys);
    this.#values.writeAt(bytes, keySize, values);
  }
}
