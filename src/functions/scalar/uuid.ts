import { createHash, randomUUID } from 'node:crypto';
import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { writeAscii } from '../../values/write-number.ts';
import { scalar } from '../define.ts';

function put(out: ByteSlice, text: string): boolean {
  writeAscii(out.reserve(text.length), 0, text);
  return true;
}

export const uuid = scalar({
  name: 'UUID',
  category: 'other',
  syntax: ['UUID()', 'UUID(bytes)'],
  doc: 'A random UUID of 36 characters, or the name-based one of the bytes (version 3).',
  examples: [{ sql: `CHAR_LENGTH(UUID())`, gives: '36' }],
  overloads: [
    { params: [], returns: VARCHAR, deterministic: false, kernel: (out: ByteSlice) => put(out, randomUUID()) },
    {
      params: ['bytes'],
      returns: VARCHAR,
      kernel: (out: ByteSlice, name: ByteSlice) => {
        const digest = createHash('md5').update(name.toBytes()).digest();
        digest[6] = (digest[6]! & 0x0f) | 0x30;
        digest[8] = (digest[8]! & 0x3f) | 0x80;
        return put(out, digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'));
      },
    },
  ],
});
