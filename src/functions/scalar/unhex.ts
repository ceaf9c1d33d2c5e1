import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARBINARY } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';

function nibble(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 87 : -1;
}

export const unhex = scalar({
  name: 'UNHEX',
  category: 'conversion',
  syntax: ['UNHEX(text)'],
  doc: 'The bytes that hex digits stand for; the first of an odd number of digits counts as 0 (as in Flink), other characters give NULL.',
  examples: [{ sql: `CAST(UNHEX('6869') AS VARCHAR)`, gives: 'hi' }],
  overloads: [
    {
      params: ['text'],
      returns: VARBINARY,
      mayReturnNull: true,
      kernel: (out: ByteSlice, text: ByteSlice) => {
        const { bytes, offset, length } = text;
        const odd = length & 1;
        const count = (length + odd) >> 1;
        const target = out.reserve(count);
        for (let i = 0; i < count; i++) {
          const at = offset + i * 2 - odd;
          const alone = odd === 1 && i === 0;
          const high = alone ? 0 : nibble(bytes[at]!);
          const low = nibble(bytes[at + 1]!);
          if (high < 0 || low < 0) return false;
          target[i] = alone ? 0 : (high << 4) | low;
        }
        return true;
      },
    },
  ],
});
