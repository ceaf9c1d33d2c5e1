import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { INT } from '../../types/sql-type.ts';
import { nextCodePoint, codePointAt } from '../../values/utf8.ts';
import { scalar } from '../define.ts';

export const hashCode = scalar({
  name: 'HASH_CODE',
  category: 'hash',
  syntax: ['HASH_CODE(value)'],
  doc: "The absolute value of Java's hash of the text of the value.",
  examples: [
    { sql: `HASH_CODE('abc')`, gives: '96354' },
    { sql: `HASH_CODE('')`, gives: '0' },
  ],
  overloads: [
    {
      params: ['any-text'],
      returns: INT,
      kernel: (text: ByteSlice) => {
        const { bytes, offset } = text;
        const end = offset + text.length;
        let hash = 0;
        for (let at = offset; at < end; at = nextCodePoint(bytes, at, end)) {
          const code = codePointAt(bytes, at, end);
          if (code <= 0xffff) {
            hash = (Math.imul(hash, 31) + code) | 0;
          } else {
            // Java hashes UTF-16 units.
            hash = (Math.imul(hash, 31) + 0xd7c0 + (code >> 10)) | 0;
            hash = (Math.imul(hash, 31) + 0xdc00 + (code & 0x3ff)) | 0;
          }
        }
        // Java's abs: the least INT stays as it is.
        return hash < 0 ? -hash | 0 : hash;
      },
    },
  ],
});
