import { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { indexOfBytes } from '../../values/utf8.ts';
import { scalar } from '../define.ts';

const BLANK = ByteSlice.ofString(' ');

function splitKernel(out: ByteSlice, text: ByteSlice, separator: ByteSlice, index: number): boolean {
  const { bytes, offset, length } = text;
  const end = offset + length;
  // Java's splitByWholeSeparatorPreserveAllTokens: no tokens in '', blanks where the separator is ''.
  if (index < 0 || length === 0) return false;
  if (separator.length === 0) return splitKernel(out, text, BLANK, index);
  let from = offset;
  for (let left = index; ; left--) {
    const found = indexOfBytes(bytes, from, end, separator.bytes, separator.offset, separator.length);
    if (left === 0) {
      out.view(bytes, from, (found < 0 ? end : found) - from);
      return true;
    }
    if (found < 0) return false;
    from = found + separator.length;
  }
}

export const splitIndex = scalar({
  name: 'SPLIT_INDEX',
  category: 'string',
  syntax: ['SPLIT_INDEX(text, separator, index)', 'SPLIT_INDEX(text, character_code, index)'],
  doc: 'The token with this 0-based index; empty tokens count. The separator is taken whole, or given as a character code 1 … 255. NULL outside, as for an empty text; an empty separator is a blank.',
  examples: [
    { sql: `SPLIT_INDEX('Jack,John,Mary', ',', 2)`, gives: 'Mary' },
    { sql: `SPLIT_INDEX('a,b', 44, 1)`, gives: 'b' },
    { sql: `SPLIT_INDEX('a,b', ',', 2)`, gives: null },
    { sql: `SPLIT_INDEX('a,,b', ',', 1)`, gives: '' },
    { sql: `SPLIT_INDEX('', ',', 0)`, gives: null },
    { sql: `SPLIT_INDEX('a b', '', 1)`, gives: 'b' },
  ],
  overloads: [
    { params: ['text', 'text', 'int'], returns: VARCHAR, mayReturnNull: true, kernel: splitKernel },
    {
      params: ['text', 'int', 'int'],
      returns: VARCHAR,
      mayReturnNull: true,
      make: () => {
        const separator = new ByteSlice();
        return (out: ByteSlice, text: ByteSlice, code: number, index: number) => {
          if (code < 1 || code > 255) return false;
          separator.setString(String.fromCharCode(code));
          return splitKernel(out, text, separator, index);
        };
      },
    },
  ],
});
