import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { INT, VARCHAR } from '../../types/sql-type.ts';
import { codePointAt } from '../../values/utf8.ts';
import { scalar } from '../define.ts';

const ascii = scalar({
  name: 'ASCII',
  category: 'string',
  syntax: ['ASCII(text)'],
  doc: 'The code of the first character; 0 for the empty text. In Flink the first byte with its sign, which is negative beyond ASCII.',
  examples: [
    { sql: `ASCII('abc')`, gives: '97' },
    { sql: `ASCII('')`, gives: '0' },
  ],
  overloads: [
    {
      params: ['text'],
      returns: INT,
      make: ({ context }) =>
        context.compatibility === 'flink'
          ? ({ bytes, offset, length }: ByteSlice) => (length === 0 ? 0 : (bytes[offset]! << 24) >> 24)
          : ({ bytes, offset, length }: ByteSlice) => (length === 0 ? 0 : codePointAt(bytes, offset, offset + length)),
    },
  ],
});

const chr = scalar({
  name: 'CHR',
  category: 'string',
  syntax: ['CHR(code)'],
  doc: 'The character of a code; above 255 the code modulo 256 counts, a negative code gives the empty text.',
  examples: [
    { sql: `CHR(97)`, gives: 'a' },
    { sql: `CHR(300)`, gives: ',' },
  ],
  overloads: [
    {
      params: ['bigint'],
      returns: VARCHAR,
      kernel: (out: ByteSlice, code: bigint) => {
        if (code < 0n) {
          out.reserve(0);
          return true;
        }
        const byte = Number(code & 255n);
        const target = out.reserve(2);
        if (byte < 0x80) {
          target[0] = byte;
          out.length = 1;
        } else {
          target[0] = 0xc0 | (byte >> 6);
          target[1] = 0x80 | (byte & 0x3f);
        }
        return true;
      },
    },
  ],
});

export const characterCodes = [ascii, chr];
