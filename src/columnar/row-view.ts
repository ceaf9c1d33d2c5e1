import { ByteSlice } from './byte-slice.ts';
import type { Value } from './builder.ts';
import type { Column } from './column.ts';
import { readI128 } from './i128.ts';

/**
 * One value in its JS form (see `Layout`). Allocates for bytes: for the REPL, the console, tests and the interpreter,
 * never for operators.
 */
export function valueAt(column: Column, row: number): Value {
  if (column.nulls !== null && column.nulls[row] === 1) return null;
  switch (column.layout) {
    case 'bool':
      return column.values[row] === 1;
    case 'bytes': {
      const slice = new ByteSlice();
      slice.view(column.bytes, column.offsets[row]!, column.lengths[row]!);
      return slice;
    }
    case 'i128':
      return readI128(column.values, row);
    case 'i64':
      return column.values[row]!;
    default:
      return column.values[row]!;
  }
}
