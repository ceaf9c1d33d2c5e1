import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { isBinary, isNumeric, type SqlType } from '../../types/sql-type.ts';
import { formatValue, type TextStyle } from '../format-value.ts';
import type { Zone } from '../zone.ts';
import { decodeValue } from './decode.ts';

/**
 * A value as JSON text: numbers with all their digits (NaN and infinities as strings) and booleans bare, bytes in
 * base64, ARRAY an array, ROW an object of its fields, MAP and MULTISET an object whose names are the keys as text, the
 * rest as strings of their text form.
 * @param timestampText what becomes of the text of a TIMESTAMP
 */
export function jsonText(
  type: SqlType,
  value: Value,
  zone: Zone,
  style: TextStyle,
  timestampText: (text: string) => string = (text) => text,
): string {
  return decodeValue<string>(type, value, {
    leaf: (leafType, leaf) => {
      if (leafType.kind !== 'timestamp' || leaf === null) return leafJson(leafType, leaf, zone, style);
      return JSON.stringify(timestampText(formatValue(leafType, leaf, zone, style) ?? ''));
    },
    list: (items) => `[${items.join(',')}]`,
    map: (entries) => object(entries.map(([key, item]) => [key.startsWith('"') ? key : JSON.stringify(key), item])),
    row: (items, names) => object(items.map((item, i) => [JSON.stringify(names[i]), item])),
  });
}

function object(members: readonly (readonly string[])[]): string {
  return `{${members.map(([name, item]) => `${name ?? ''}:${item ?? ''}`).join(',')}}`;
}

function leafJson(type: SqlType, value: Value, zone: Zone, style: TextStyle): string {
  if (value === null) return 'null';
  if (type.kind === 'boolean') return value === true ? 'true' : 'false';
  if (isBinary(type) && value instanceof ByteSlice) {
    return JSON.stringify(Buffer.from(value.toBytes()).toString('base64'));
  }
  const text = formatValue(type, value, zone, style) ?? '';
  return isNumeric(type) && /\d$/.test(text) ? text : JSON.stringify(text);
}
