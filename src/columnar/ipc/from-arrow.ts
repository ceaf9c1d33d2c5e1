import type * as arrow from 'apache-arrow';
import { field, schema as makeSchema, type Schema } from '../../types/schema.ts';
import { layoutOf } from '../../types/layout.ts';
import { isFineTime, type SqlType } from '../../types/sql-type.ts';
import { Batch } from '../batch.ts';
import { ColumnBuilder } from '../builder.ts';
import { allocateValues, bytesColumn, fixedColumn, type Column, type FixedValues, type Nulls } from '../column.ts';
import { arrowTypeId, fromArrowType } from './arrow-types.ts';
import { valueFromArrow } from './value-from-arrow.ts';

export function fromArrowSchema(schema: arrow.Schema): Schema {
  return makeSchema(schema.fields.map((f) => field(f.name, fromArrowType(f.type as arrow.DataType), f.nullable)));
}

/** One Arrow record batch as a batch; number and string buffers are shared where the layout is the same. */
export function fromArrow(record: arrow.RecordBatch, schema: Schema): Batch {
  const columns = schema.fields.map((f, i) => {
    const vector = record.getChildAt(i);
    if (vector === null) return new ColumnBuilder(f.type).finish();
    return fromVector(vector, f.type, record.numRows);
  });
  return new Batch(schema, columns, record.numRows);
}

function fromVector(vector: arrow.Vector, type: SqlType, length: number): Column {
  const data = vector.data.length === 1 ? vector.data[0] : undefined;
  if (data !== undefined) {
    const shared = shareBuffers(data as arrow.Data, type, length);
    if (shared !== undefined) return shared;
  }
  return copyValues(vector, type, length);
}

/** Columns whose memory is already ours; undefined where values must be converted. */
function shareBuffers(data: arrow.Data, type: SqlType, length: number): Column | undefined {
  const typeId: number = data.type.typeId;
  if (typeId === arrowTypeId.utf8 || typeId === arrowTypeId.binary) {
    const nulls = readNulls(data, length);
    const starts = data.valueOffsets as Int32Array;
    const lengths = new Int32Array(length);
    for (let i = 0; i < length; i++) lengths[i] = nulls?.[i] === 1 ? 0 : starts[i + 1]! - starts[i]!;
    const parts = { bytes: data.values as Uint8Array, offsets: starts.subarray(0, length), lengths };
    return bytesColumn(type, parts, length, nulls);
  }
  // The element type tells signed from unsigned and day from millisecond dates: only ours can be shared.
  const values = data.values as FixedValues;
  const empty = sharable(typeId) ? allocateValues(layoutOf(type) as 'i32', 0) : undefined;
  if (empty === undefined || values.constructor !== empty.constructor) return undefined;
  return fixedColumn(type, values.subarray(0, length), length, readNulls(data, length));
}

function sharable(typeId: number): boolean {
  return typeId === arrowTypeId.int || typeId === arrowTypeId.float || typeId === arrowTypeId.date;
}

function readNulls(data: arrow.Data, length: number): Nulls {
  if (data.nullCount === 0) return null;
  const nulls = new Uint8Array(length);
  for (let i = 0; i < length; i++) nulls[i] = data.getValid(i) ? 0 : 1;
  return nulls;
}

function copyValues(vector: arrow.Vector, type: SqlType, length: number): Column {
  const builder = new ColumnBuilder(type, length);
  const typeId: number = (vector.type as arrow.DataType).typeId;
  if (isFineTime(type) && typeId === arrowTypeId.timestamp) return fineTimes(vector, builder);
  const read = valueFromArrow(type);
  for (let i = 0; i < length; i++) builder.append(read(vector.get(i)));
  return builder.finish();
}

/** Vectors hand out timestamps as fractions of milliseconds, which lose digits: the words are read instead. */
function fineTimes(vector: arrow.Vector, builder: ColumnBuilder): Column {
  for (const data of vector.data as readonly arrow.Data[]) {
    const words = data.values as BigInt64Array;
    const factor = 10n ** BigInt(9 - 3 * (data.type as arrow.Timestamp).unit);
    for (let i = 0; i < data.length; i++) builder.append(data.getValid(i) ? words[i]! * factor : null);
  }
  return builder.finish();
}
