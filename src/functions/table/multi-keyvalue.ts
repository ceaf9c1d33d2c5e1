import { bytesEqual, ByteSlice } from '../../columnar/byte-slice.ts';
import type { TableExpander } from '../../contracts/function.ts';
import { field } from '../../types/schema.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { acceptArguments } from '../define.ts';
import { Separators, Tokens } from './separators.ts';
import { addNulls, readBytes, tableFunction } from './table-definition.ts';

/** Arguments before the keys. */
const before = 3;

export const multiKeyvalue = tableFunction({
  name: 'MULTI_KEYVALUE',
  syntax: ['MULTI_KEYVALUE(text, pair_separator, key_value_separator, key [, key …])'],
  doc: 'One row with a column for each key: its value in a text such as `k1=v1;k2=v2`, NULL where it is not there. Each character of a separator separates, blanks where it is NULL; a part that is not exactly a key and a value is passed over.',
  resolve({ types }) {
    const args = acceptArguments({ params: ['text', 'text', 'text', 'text'], variadic: true }, types);
    if (args === undefined) return undefined;
    const columns = args.slice(before).map((_, i) => field(`f${i}`, VARCHAR));
    return { args, columns, create: () => lookup(columns.length) };
  },
});

function lookup(keyCount: number): TableExpander {
  const text = new ByteSlice();
  const separator = new ByteSlice();
  const keys = Array.from({ length: keyCount }, () => new ByteSlice());
  const asked = new Uint8Array(keyCount);
  const values = Array.from({ length: keyCount }, () => new ByteSlice());
  const found = new Uint8Array(keyCount);
  const pairSeparators = new Separators();
  const sideSeparators = new Separators();
  const pairs = new Tokens();
  const sides = new Tokens();
  return {
    expand(args, row, _from, out) {
      if (!readBytes(args[0]!, row, text)) {
        addNulls(out);
        return 0;
      }
      pairSeparators.use(readBytes(args[1]!, row, separator) ? separator : undefined);
      sideSeparators.use(readBytes(args[2]!, row, separator) ? separator : undefined);
      for (let i = 0; i < keyCount; i++) asked[i] = readBytes(args[before + i]!, row, keys[i]!) ? 1 : 0;
      found.fill(0);
      const { bytes } = text;
      pairs.over(bytes, text.offset, text.length);
      while (pairs.next(pairSeparators)) {
        sides.over(bytes, pairs.start, pairs.end - pairs.start);
        if (!sides.next(sideSeparators)) continue;
        const { start, end } = sides;
        if (!sides.next(sideSeparators)) continue;
        const valueStart = sides.start;
        const valueEnd = sides.end;
        if (sides.next(sideSeparators)) continue;
        for (let i = 0; i < keyCount; i++) {
          const key = keys[i]!;
          if (asked[i] === 0 || !bytesEqual(bytes, start, end - start, key.bytes, key.offset, key.length)) continue;
          found[i] = 1;
          values[i]!.view(bytes, valueStart, valueEnd - valueStart);
        }
      }
      for (let i = 0; i < keyCount; i++) {
        if (found[i] === 1) out.columns[i]!.append(values[i]!);
        else out.columns[i]!.appendNull();
      }
      out.endRow();
      return 0;
    },
  };
}
