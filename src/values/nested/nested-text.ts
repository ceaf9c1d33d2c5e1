import type { Value } from '../../columnar/builder.ts';
import type { NestedType, SqlType } from '../../types/sql-type.ts';
import { decodeValue } from './decode.ts';

/** The text of a nested value: `leafText` prints what is not nested and not NULL. */
export function nestedText(
  type: NestedType,
  value: Value,
  style: 'blink' | 'flink',
  leafText: (type: SqlType, value: Value) => string,
): string {
  const flink = style === 'flink';
  return decodeValue<string>(type, value, {
    leaf: (leafType, leaf) => (leaf === null ? (flink ? 'NULL' : 'null') : leafText(leafType, leaf)),
    list: (items) => `[${items.join(', ')}]`,
    map: (entries) => `{${entries.map(([key, item]) => `${key}=${item}`).join(', ')}}`,
    // Java's Row of Blink prints its fields bare, also inside another one.
    row: (items) => (flink ? `(${items.join(', ')})` : items.join(',')),
  });
}
