import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { INT } from '../../types/sql-type.ts';
import { countCodePoints } from '../../values/utf8.ts';
import { scalar } from '../define.ts';

export const charLength = scalar({
  name: 'CHAR_LENGTH',
  aliases: ['CHARACTER_LENGTH', 'LENGTH'],
  category: 'string',
  syntax: ['CHAR_LENGTH(text)', 'CHARACTER_LENGTH(text)', 'LENGTH(text)'],
  doc: 'The number of characters (code points).',
  examples: [
    { sql: `CHAR_LENGTH('心情')`, gives: '2' },
    { sql: `LENGTH('')`, gives: '0' },
  ],
  overloads: [
    {
      params: ['text'],
      returns: INT,
      kernel: (text: ByteSlice) => countCodePoints(text.bytes, text.offset, text.length),
    },
  ],
});
