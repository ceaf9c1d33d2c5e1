import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { countCodePoints, skipCodePoints } from '../../values/utf8.ts';
import { scalar } from '../define.ts';
import { appendSlice } from './append-slice.ts';

export const overlay = scalar({
  name: 'OVERLAY',
  category: 'string',
  syntax: ['OVERLAY(text PLACING replacement FROM start [FOR count])'],
  doc: 'The text with count characters (default: the length of the replacement) from start on replaced. A start outside the text gives the text; a count of 0 or less cuts the rest.',
  examples: [
    { sql: `OVERLAY('abcdefg' PLACING 'hij' FROM 2 FOR 2)`, gives: 'ahijdefg' },
    { sql: `OVERLAY('123456789' PLACING 'abc' FROM 2 FOR -1)`, gives: '1abc' },
    { sql: `OVERLAY('123456789' PLACING 'abc' FROM 2 FOR 0)`, gives: '1abc' },
    { sql: `OVERLAY('abc' PLACING 'XYZ' FROM 3)`, gives: 'abXYZ' },
  ],
  overloads: [
    {
      params: ['text', 'text', 'int', 'int'],
      optional: 1,
      returns: VARCHAR,
      kernel: (out: ByteSlice, text: ByteSlice, replacement: ByteSlice, start: number, count?: number) => {
        const { bytes, offset, length } = text;
        const end = offset + length;
        if (start < 1 || start > countCodePoints(bytes, offset, length)) {
          out.alias(text);
          return true;
        }
        const replaced = count ?? countCodePoints(replacement.bytes, replacement.offset, replacement.length);
        const from = skipCodePoints(bytes, offset, end, start - 1);
        const rest = replaced <= 0 ? end : skipCodePoints(bytes, from, end, replaced);
        const target = out.reserve(from - offset + replacement.length + end - rest);
        target.set(bytes.subarray(offset, from));
        const at = appendSlice(target, from - offset, replacement);
        target.set(bytes.subarray(rest, end), at);
        return true;
      },
    },
  ],
});
