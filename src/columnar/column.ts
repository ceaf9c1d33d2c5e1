import { InternalError } from '../errors/sluice-error.ts';
import { layoutOf, type Layout } from '../types/layout.ts';
import type { SqlType } from '../types/sql-type.ts';

/** 1 = NULL, one byte a row; `null` = the column has no NULL. */
export type Nulls = Uint8Array | null;

interface ColumnBase {
  readonly type: SqlType;
  /** Physical rows; arrays may be longer, never shorter. */
  readonly length: number;
  readonly nulls: Nulls;
}

export interface BoolColumn extends ColumnBase {
  readonly layout: 'bool';
  readonly values: Uint8Array;
}
export interface Int8Column extends ColumnBase {
  readonly layout: 'i8';
  readonly values: Int8Array;
}
export interface Int16Column extends ColumnBase {
  readonly layout: 'i16';
  readonly values: Int16Array;
}
export interface Int32Column extends ColumnBase {
  readonly layout: 'i32';
  readonly values: Int32Array;
}
export interface Int64Column extends ColumnBase {
  readonly layout: 'i64';
  readonly values: BigInt64Array;
}
/** Row i is words 2i (low) and 2i+1 (high), two's complement. */
export interface Int128Column extends ColumnBase {
  readonly layout: 'i128';
  readonly values: BigInt64Array;
}
export interface Float32Column extends ColumnBase {
  readonly layout: 'f32';
  readonly values: Float32Array;
}
export interface Float64Column extends ColumnBase {
  readonly layout: 'f64';
  readonly values: Float64Array;
}
/** Row i is bytes[offsets[i] … offsets[i] + lengths[i]); rows may share or overlap bytes. A NULL row has length 0. */
export interface BytesColumn extends ColumnBase {
  readonly layout: 'bytes';
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
}

export type FixedColumn =
  BoolColumn | Int8Column | Int16Column | Int32Column | Int64Column | Int128Column | Float32Column | Float64Column;

/** An immutable typed column. What lies in `values` at a NULL row is unspecified. */
export type Column = FixedColumn | BytesColumn;

export type FixedValues =
  Uint8Array | Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

/** A zeroed array of a fixed layout for `length` rows. */
export function allocateValues(layout: Exclude<Layout, 'bytes'>, length: number): FixedValues {
  switch (layout) {
    case 'bool':
      return new Uint8Array(length);
    case 'i8':
      return new Int8Array(length);
    case 'i16':
      return new Int16Array(length);
    case 'i32':
      return new Int32Array(length);
    case 'i64':
      return new BigInt64Array(length);
    case 'i128':
      return new BigInt64Array(length * 2);
    case 'f32':
      return new Float32Array(length);
    case 'f64':
      return new Float64Array(length);
  }
}

/** Wraps an array as a column of a fixed-layout type; the array must be of that layout. */
export function fixedColumn(type: SqlType, values: FixedValues, length: number, nulls: Nulls = null): FixedColumn {
  const layout = layoutOf(type);
  if (layout === 'bytes') throw new InternalError(`type ${type.kind} has no fixed layout`);
  return { type, layout, values, length, nulls } as FixedColumn;
}

export function bytesColumn(
  type: SqlType,
  parts: { readonly bytes: Uint8Array; readonly offsets: Int32Array; readonly lengths: Int32Array },
  length: number,
  nulls: Nulls = null,
): BytesColumn {
  return { type, layout: 'bytes', bytes: parts.bytes, offsets: parts.offsets, lengths: parts.lengths, length, nulls };
}

/** Rows `start … end` as a view; nothing is copied. */
export function sliceColumn(column: Column, start: number, end: number): Column {
  const length = end - start;
  const nulls = column.nulls === null ? null : column.nulls.subarray(start, end);
  if (column.layout === 'bytes') {
    return {
      ...column,
      offsets: column.offsets.subarray(start, end),
      lengths: column.lengths.subarray(start, end),
      length,
      nulls,
    };
  }
  const width = column.layout === 'i128' ? 2 : 1;
  return { ...column, values: column.values.subarray(start * width, end * width), length, nulls } as FixedColumn;
}
