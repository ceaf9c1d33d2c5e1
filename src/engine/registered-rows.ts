import type * as arrow from 'apache-arrow';
import { Batch, changeKindNames } from '../columnar/batch.ts';
import { ColumnBuilder } from '../columnar/builder.ts';
import { encodeUtf8 } from '../columnar/byte-slice.ts';
import { allocateValues, fixedColumn, type Column } from '../columnar/column.ts';
import { fromArrow } from '../columnar/ipc/from-arrow.ts';
import { PlanError } from '../errors/sluice-error.ts';
import { layoutOf } from '../types/layout.ts';
import type { Schema } from '../types/schema.ts';
import { isBinary, isNested, typeName, type SqlType } from '../types/sql-type.ts';
import { columnParser } from '../values/column-parser.ts';
import { valueReader } from '../values/nested/nested-reader.ts';
import type { Zone } from '../values/zone.ts';
import type { ChangeKind, RegisterTableOptions } from './api.ts';
import { rowChunks } from './row-chunks.ts';

interface RegisteredShape {
  readonly table: string;
  readonly schema: Schema;
  readonly zone: Zone;
  readonly maxBatchRows: number;
  readonly changes: readonly ChangeKind[] | undefined;
}

export function isArrowTable(rows: RegisterTableOptions['rows']): rows is arrow.Table {
  return typeof rows === 'object' && 'batches' in rows && 'schema' in rows && 'numRows' in rows;
}

/** The rows of a registered table as batches of its physical columns. Every read starts over, where the iterable can. */
export async function* registeredBatches(
  rows: RegisterTableOptions['rows'],
  shape: RegisteredShape,
): AsyncGenerator<Batch> {
  if (isArrowTable(rows)) {
    for (const record of rows.batches) yield fromArrow(record, shape.schema);
    return;
  }
  let first = 0;
  for await (const chunk of rowChunks(rows, shape.maxBatchRows)) {
    yield toBatch(chunk, first, shape);
    first += chunk.length;
  }
}

function toBatch(rows: readonly (readonly unknown[])[], first: number, shape: RegisteredShape): Batch {
  const { fields } = shape.schema;
  for (const [i, row] of rows.entries()) {
    if (row.length !== fields.length) {
      throw invalid(shape, `row ${first + i + 1} has ${row.length} cells for ${fields.length} columns`);
    }
  }
  const columns = fields.map((f, c) => toColumn(rows, c, { first, shape, type: f.type, name: f.name }));
  return new Batch(shape.schema, columns, rows.length, null, kindsOf(shape.changes, first, rows.length));
}

interface CellPlace {
  readonly first: number;
  readonly shape: RegisteredShape;
  readonly type: SqlType;
  readonly name: string;
}

function toColumn(rows: readonly (readonly unknown[])[], index: number, place: CellPlace): Column {
  const { type } = place;
  if (isNested(type)) return toNestedColumn(rows, index, place);
  const layout = layoutOf(type);
  if (layout === 'bytes') {
    const builder = new ColumnBuilder(type, rows.length);
    for (const row of rows) {
      const cell = row[index];
      if (cell === null || cell === undefined) builder.appendNull();
      else if (cell instanceof Uint8Array) builder.appendBytes(cell, 0, cell.length);
      else if (isBinary(type)) appendHex(builder, textOf(cell));
      else builder.appendString(textOf(cell));
    }
    return builder.finish();
  }
  const values = allocateValues(layout, rows.length);
  const nulls = new Uint8Array(rows.length);
  const parse = columnParser(type, place.shape.zone);
  let hasNull = false;
  rows.forEach((row, i) => {
    const cell = row[index];
    if (cell === null || cell === undefined) {
      nulls[i] = 1;
      hasNull = true;
      return;
    }
    const text = encodeUtf8(textOf(cell));
    if (!parse(text, 0, text.length, values, i)) {
      throw invalid(
        place.shape,
        `column "${place.name}" (${typeName(type)}) does not take ${JSON.stringify(textOf(cell))} of row ${place.first + i + 1}`,
      );
    }
  });
  return fixedColumn(type, values, rows.length, hasNull ? nulls : null);
}

function toNestedColumn(rows: readonly (readonly unknown[])[], index: number, place: CellPlace): Column {
  const builder = new ColumnBuilder(place.type, rows.length);
  const read = valueReader(place.type, place.shape.zone);
  rows.forEach((row, i) => {
    const value = read(row[index]);
    if (value === undefined) {
      const shown = JSON.stringify(row[index], (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
      throw invalid(
        place.shape,
        `column "${place.name}" (${typeName(place.type)}) does not take ${shown} of row ${place.first + i + 1}`,
      );
    }
    builder.append(value);
  });
  return builder.finish();
}

function textOf(cell: unknown): string {
  if (cell instanceof Date) return cell.toISOString().replace('T', ' ').replace('Z', '');
  return typeof cell === 'object' ? JSON.stringify(cell) : `${cell as string | number | bigint | boolean}`;
}

/** `0x…` or the text itself. */
function appendHex(builder: ColumnBuilder, text: string): void {
  const bytes = /^0x([0-9a-f]{2})*$/i.test(text) ? Buffer.from(text.slice(2), 'hex') : encodeUtf8(text);
  builder.appendBytes(bytes, 0, bytes.length);
}

function kindsOf(changes: readonly ChangeKind[] | undefined, first: number, count: number): Uint8Array | null {
  if (changes === undefined) return null;
  const kinds = new Uint8Array(count);
  for (let i = 0; i < count; i++) kinds[i] = Math.max(0, changeKindNames.indexOf(changes[first + i] ?? '+I'));
  return kinds.every((kind) => kind === 0) ? null : kinds;
}

function invalid(shape: RegisteredShape, what: string): PlanError {
  return new PlanError('VALUE_INVALID', `registered table "${shape.table}": ${what}`);
}
