import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARBINARY, VARCHAR } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';

function bufferOf(slice: ByteSlice): Buffer {
  return Buffer.from(slice.bytes.buffer, slice.bytes.byteOffset + slice.offset, slice.length);
}

const toBase64 = scalar({
  name: 'TO_BASE64',
  category: 'conversion',
  syntax: ['TO_BASE64(text_or_bytes)'],
  doc: 'The base64 form of the bytes, or of the UTF-8 bytes of the text.',
  examples: [{ sql: `TO_BASE64('hello world')`, gives: 'aGVsbG8gd29ybGQ=' }],
  overloads: [
    {
      params: ['bytes'],
      returns: VARCHAR,
      kernel: (out: ByteSlice, value: ByteSlice) => {
        const text = bufferOf(value).toString('base64');
        const target = out.reserve(text.length);
        for (let i = 0; i < text.length; i++) target[i] = text.charCodeAt(i);
        return true;
      },
    },
  ],
});

const fromBase64 = scalar({
  name: 'FROM_BASE64',
  category: 'conversion',
  syntax: ['FROM_BASE64(text)'],
  doc: 'The bytes that a base64 text holds, as VARBINARY (as text in Flink); characters that are not base64 are left out.',
  examples: [{ sql: `CAST(FROM_BASE64('aGVsbG8gd29ybGQ=') AS VARCHAR)`, gives: 'hello world' }],
  overloads: [
    {
      params: ['bytes'],
      returns: (_, site) => (site.context.compatibility === 'flink' ? VARCHAR : VARBINARY),
      kernel: (out: ByteSlice, value: ByteSlice) => {
        const bytes = Buffer.from(bufferOf(value).toString('latin1'), 'base64');
        out.view(bytes, 0, bytes.length);
        return true;
      },
    },
  ],
});

export const base64Functions = [toBase64, fromBase64];
