import { changeKindNames, type Batch } from '../columnar/batch.ts';
import type { Value } from '../columnar/builder.ts';
import { ByteSlice } from '../columnar/byte-slice.ts';
import type { Column } from '../columnar/column.ts';
import { valueAt } from '../columnar/row-view.ts';
import type { Compatibility } from '../contracts/function.ts';
import { isBinary, isNested, isNumeric, type SqlType } from '../types/sql-type.ts';
import { formatValue } from '../values/format-value.ts';
import { jsonText } from '../values/nested/nested-json.ts';
import { decodeValue } from '../values/nested/decode.ts';
import type { Zone } from '../values/zone.ts';
import type { ChangeKind, RowValue } from './api.ts';

/** How values become text: the session's zone and dialect. */
export interface TextSettings {
  readonly zone: Zone;
  readonly compatibility: Compatibility;
}

/** What `CAST(x AS VARCHAR)` prints; binary as `0x…`; null for NULL. */
export function cellText(column: Column, row: number, settings: TextSettings): string | null {
  const value = valueAt(column, row);
  if (value === null) return null;
  return formatValue(column.type, value, settings.zone, settings.compatibility);
}

/** As `cellText`, but a nested value is JSON text. */
export function cellJson(column: Column, row: number, settings: TextSettings): string | null {
  if (!isNested(column.type)) return cellText(column, row, settings);
  const value = valueAt(column, row);
  return value === null ? null : jsonText(column.type, value, settings.zone, settings.compatibility);
}

/** The value as the API hands it out (design, "Embedded API"). */
export function cellValue(column: Column, row: number, settings: TextSettings): RowValue {
  const value = valueAt(column, row);
  return decodeValue<RowValue>(column.type, value, {
    leaf: (type, leaf) => leafValue(type, leaf, settings),
    list: (items) => items,
    map: (entries) => new Map(entries),
    row: rowObject,
  });
}

/** Fields by name; of fields with one name the last stays, as in a row of the result. */
function rowObject(items: readonly RowValue[], names: readonly string[]): RowValue {
  return Object.fromEntries(items.map((item, i) => [names[i], item]));
}

function leafValue(type: SqlType, value: Value, settings: TextSettings): RowValue {
  if (value === null) return null;
  if (value instanceof ByteSlice) return isBinary(type) ? value.toBytes() : value.toString();
  if (isPlain(type)) return value;
  return formatValue(type, value, settings.zone, settings.compatibility);
}

function isPlain(type: SqlType): boolean {
  return type.kind === 'boolean' || (isNumeric(type) && type.kind !== 'decimal');
}

/** Calls `visit` for each row of a batch, in order. */
export function eachRow(batch: Batch, visit: (row: number, kind: ChangeKind) => void): void {
  for (let k = 0; k < batch.size; k++) {
    const row = batch.selection === null ? k : batch.selection[k]!;
    visit(row, changeKindNames[batch.kinds?.[row] ?? 0]!);
  }
}
