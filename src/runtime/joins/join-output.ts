import { Batch, KIND_INSERT } from '../../columnar/batch.ts';
import { allocateValues, bytesColumn, fixedColumn, type Column } from '../../columnar/column.ts';
import type { Schema } from '../../types/schema.ts';
import { layoutOf } from '../../types/layout.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** No row of this side: its columns are NULL. */
export const NOTHING = -1;

/** Reads one column of the rows `refs` of a side, none of which is NOTHING. */
export type ColumnReader = (refs: Int32Array, count: number) => Column;

/** Rows of a join as they arise: the kind and a row of each side. */
export class JoinOutput {
  #kinds = new Uint8Array(1024);
  #mine: Int32Array = new Int32Array(1024);
  #theirs: Int32Array = new Int32Array(1024);
  size = 0;
  #updates = false;

  /** @param copies how many equal rows */
  add(kind: number, mine: number, theirs: number, copies: number): void {
    if (this.size + copies > this.#kinds.length) this.#grow(this.size + copies);
    if (kind !== KIND_INSERT) this.#updates = true;
    for (let i = 0; i < copies; i++) {
      this.#kinds[this.size] = kind;
      this.#mine[this.size] = mine;
      this.#theirs[this.size++] = theirs;
    }
  }

  /** Takes over whole lists of pairs of inserted rows and gives others for them. */
  exchange(mine: Int32Array, theirs: Int32Array, count: number): [mine: Int32Array, theirs: Int32Array] {
    const given: [Int32Array, Int32Array] = [this.#mine, this.#theirs];
    this.#mine = mine;
    this.#theirs = theirs;
    this.size = count;
    if (this.#kinds.length !== mine.length) this.#kinds = new Uint8Array(mine.length);
    else this.#kinds.fill(0, 0, count);
    return given;
  }

  /** The rows collected since the last call. */
  take(schema: Schema, columns: readonly { readonly mine: boolean; readonly read: ColumnReader }[]): Batch {
    const { size } = this;
    const gather = { mine: this.#side(this.#mine), theirs: this.#side(this.#theirs) };
    const built = columns.map(({ mine, read }, i) =>
      (mine ? gather.mine : gather.theirs)(read, schema.fields[i]!.type),
    );
    const kinds = this.#updates ? this.#kinds.slice(0, size) : null;
    this.size = 0;
    this.#updates = false;
    return new Batch(schema, built, size, null, kinds);
  }

  /** How the columns of one side are read: rows that lack it become NULL. */
  #side(refs: Int32Array): (read: ColumnReader, type: SqlType) => Column {
    const { size } = this;
    let absent = 0;
    for (let k = 0; k < size; k++) if (refs[k]! < 0) absent++;
    if (absent === 0) return (read) => read(refs, size);
    if (absent === size) return (_, type) => nullColumn(type, size);
    let some = 0;
    for (let k = 0; k < size && refs[k]! < 0; k++) some = k + 1;
    const stand = refs[some]!;
    const safe = refs.slice(0, size);
    for (let k = 0; k < size; k++) if (safe[k]! < 0) safe[k] = stand;
    return (read) => {
      const column = read(safe, size);
      const nulls = column.nulls === null ? new Uint8Array(size) : column.nulls.slice(0, size);
      for (let k = 0; k < size; k++) if (refs[k]! < 0) nulls[k] = 1;
      return { ...column, nulls };
    };
  }

  #grow(needed: number): void {
    const length = Math.max(needed, this.#kinds.length * 2);
    const kinds = new Uint8Array(length);
    const mine = new Int32Array(length);
    const theirs = new Int32Array(length);
    kinds.set(this.#kinds.subarray(0, this.size));
    mine.set(this.#mine.subarray(0, this.size));
    theirs.set(this.#theirs.subarray(0, this.size));
    this.#kinds = kinds;
    this.#mine = mine;
    this.#theirs = theirs;
  }
}

function nullColumn(type: SqlType, size: number): Column {
  const nulls = new Uint8Array(size).fill(1);
  const layout = layoutOf(type);
  if (layout === 'bytes') {
    const parts = { bytes: new Uint8Array(0), offsets: new Int32Array(size), lengths: new Int32Array(size) };
    return bytesColumn(type, parts, size, nulls);
  }
  return fixedColumn(type, allocateValues(layout, size), size, nulls);
}
