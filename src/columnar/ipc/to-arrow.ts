import type * as arrow from 'apache-arrow';
import { TypeMismatchError } from '../../errors/sluice-error.ts';
import type { Schema } from '../../types/schema.ts';
import { isFineTime, isNested, typeName } from '../../types/sql-type.ts';
import type { Batch } from '../batch.ts';
import type { BytesColumn, Column, FixedColumn } from '../column.ts';
import { compact } from '../gather.ts';
import { readI128 } from '../i128.ts';
import { nestedToArrow } from './nested-to-arrow.ts';
import { toArrowType, type ArrowLibrary } from './arrow-types.ts';

export function toArrowSchema(lib: ArrowLibrary, schema: Schema): arrow.Schema {
  return new lib.Schema(schema.fields.map((f) => new lib.Field(f.name, toArrowType(lib, f.type), f.nullable)));
}

/** The rows of a batch as an Arrow RecordBatch. Number buffers are shared where the layout is the same. */
export function toArrow(lib: ArrowLibrary, batch: Batch): arrow.RecordBatch {
  const dense = compact(batch);
  const schema = toArrowSchema(lib, batch.schema);
  const children = dense.columns.map((column) => toArrowData(lib, column, dense.rowCount));
  const data = lib.makeData({ type: new lib.Struct(schema.fields), length: dense.rowCount, nullCount: 0, children });
  return new lib.RecordBatch(schema, data);
}

function toArrowData(lib: ArrowLibrary, column: Column, length: number): arrow.Data {
  const type = toArrowType(lib, column.type);
  const validity = validityBits(column, length);
  const base = { type, length, nullCount: validity.nullCount, nullBitmap: validity.bits };
  // makeData is overloaded per Arrow type; the layouts below are what its types ask for.
  const make = lib.makeData as unknown as (props: Record<string, unknown>) => arrow.Data;
  switch (column.layout) {
    case 'bytes': {
      if (isNested(column.type)) {
        const nested = nestedToArrow({ ...column, type: column.type }, length, (part, count, struct) =>
          struct === undefined ? toArrowData(lib, part, count) : structData(lib, struct, count),
        );
        return make({ ...base, ...nested });
      }
      const packed = packBytes(column, length);
      return make({ ...base, valueOffsets: packed.offsets, data: packed.bytes });
    }
    case 'bool':
      return make({ ...base, data: packBits(column.values, length) });
    case 'i128':
      if (isFineTime(column.type)) return make({ ...base, data: fineTimes(column, length) });
      return make({ ...base, data: words(column.values.subarray(0, length * 2)) });
    case 'i64':
      if (column.type.kind !== 'decimal') return make({ ...base, data: column.values.subarray(0, length) });
      return make({ ...base, data: words(widen(column.values, length)) });
    case 'f64':
      if (column.type.kind === 'double') return make({ ...base, data: column.values.subarray(0, length) });
      return make({ ...base, data: wholeToInt64(column.values, length) });
    default:
      return make({ ...base, data: column.values.subarray(0, length) });
  }
}

/** The entries of maps. */
function structData(lib: ArrowLibrary, columns: readonly Column[], length: number): arrow.Data {
  const children = columns.map((column) => toArrowData(lib, column, length));
  const fields = children.map((child, i) => new lib.Field(i === 0 ? 'key' : 'value', child.type, i > 0));
  return lib.makeData({ type: new lib.Struct(fields), length, nullCount: 0, children });
}

function validityBits(column: Column, length: number): { bits: Uint8Array | null; nullCount: number } {
  if (column.nulls === null) return { bits: null, nullCount: 0 };
  const bits = new Uint8Array(Math.ceil(length / 64) * 8);
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    if (column.nulls[i] === 1) nullCount++;
    else bits[i >> 3]! |= 1 << (i & 7);
  }
  return { bits, nullCount };
}

function packBits(values: Uint8Array, length: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(length / 64) * 8);
  for (let i = 0; i < length; i++) if (values[i] === 1) bits[i >> 3]! |= 1 << (i & 7);
  return bits;
}

function packBytes(column: BytesColumn, length: number): { offsets: Int32Array; bytes: Uint8Array } {
  const offsets = new Int32Array(length + 1);
  for (let i = 0; i < length; i++) offsets[i + 1] = offsets[i]! + (column.nulls?.[i] === 1 ? 0 : column.lengths[i]!);
  const bytes = new Uint8Array(offsets[length]!);
  for (let i = 0; i < length; i++) {
    if (column.nulls?.[i] === 1) continue;
    const from = column.offsets[i]!;
    bytes.set(column.bytes.subarray(from, from + column.lengths[i]!), offsets[i]);
  }
  return { offsets, bytes };
}

function words(values: BigInt64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}

function widen(values: BigInt64Array, length: number): BigInt64Array {
  const wide = new BigInt64Array(length * 2);
  for (let i = 0; i < length; i++) {
    wide[i * 2] = values[i]!;
    wide[i * 2 + 1] = values[i]! >> 63n;
  }
  return wide;
}

function wholeToInt64(values: Float64Array, length: number): BigInt64Array {
  const result = new BigInt64Array(length);
  for (let i = 0; i < length; i++) result[i] = BigInt(Number.isFinite(values[i]) ? Math.trunc(values[i]!) : 0);
  return result;
}

/** Nanoseconds, or microseconds up to TIMESTAMP(6). @throws TypeMismatchError VALUE_INVALID beyond 64 bits */
function fineTimes(column: FixedColumn & { readonly layout: 'i128' }, length: number): BigInt64Array {
  const unit = column.type.kind === 'timestamp' && column.type.precision <= 6 ? 1000n : 1n;
  const result = new BigInt64Array(length);
  for (let i = 0; i < length; i++) {
    if (column.nulls?.[i] === 1) continue;
    // Exact: a TIMESTAMP(4 … 6) has no digits below the microsecond.
    const value = readI128(column.values, i) / unit;
    if (BigInt.asIntN(64, value) !== value) {
      throw new TypeMismatchError('VALUE_INVALID', `a ${typeName(column.type)} lies beyond Arrow's nanoseconds`, {
        hint: 'They reach from 1677 to 2262: write CAST(… AS TIMESTAMP(6)).',
      });
    }
    result[i] = value;
  }
  return result;
}
