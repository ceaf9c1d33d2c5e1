import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { bytesEqual } from '../../columnar/byte-slice.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';

/**
 * The end of the token at `at`: where one of the separator's bytes stands. A separator of one character is itself, of a
 * longer one each character separates; separators are ASCII in practice, so bytes stand for characters here.
 */
function tokenEnd(bytes: Uint8Array, at: number, end: number, separator: ByteSlice): number {
  for (let i = at; i < end; i++) if (isSeparator(bytes[i]!, separator)) return i;
  return end;
}

function isSeparator(byte: number, separator: ByteSlice): boolean {
  for (let i = 0; i < separator.length; i++) if (separator.bytes[separator.offset + i] === byte) return true;
  return false;
}

export const keyvalue = scalar({
  name: 'KEYVALUE',
  category: 'string',
  syntax: ['KEYVALUE(text, pair_separator, key_value_separator, key)'],
  doc: 'The value of a key in a text such as `k1=v1;k2=v2`; NULL when it is not there. Each character of a separator separates.',
  examples: [
    { sql: `KEYVALUE('k1=v1;k2=v2', ';', '=', 'k2')`, gives: 'v2' },
    { sql: `KEYVALUE('a=1,b=2', ',', '=', 'd')`, gives: null },
  ],
  overloads: [
    {
      params: ['text', 'text', 'text', 'text'],
      returns: VARCHAR,
      mayReturnNull: true,
      kernel: (out: ByteSlice, text: ByteSlice, pairs: ByteSlice, keyValue: ByteSlice, key: ByteSlice) => {
        const { bytes, offset, length } = text;
        const end = offset + length;
        for (let at = offset; at <= end;) {
          const pairEnd = tokenEnd(bytes, at, end, pairs);
          const keyEnd = tokenEnd(bytes, at, pairEnd, keyValue);
          if (keyEnd < pairEnd && bytesEqual(bytes, at, keyEnd - at, key.bytes, key.offset, key.length)) {
            out.view(bytes, keyEnd + 1, pairEnd - keyEnd - 1);
            return true;
          }
          at = pairEnd + 1;
        }
        return false;
      },
    },
  ],
});
