import { bytesEqual, type ByteSlice } from '../../columnar/byte-slice.ts';
import { BOOLEAN } from '../../types/sql-type.ts';
import { scalar, type Overload } from '../define.ts';

function startKernel(text: ByteSlice, part: ByteSlice): boolean {
  return (
    text.length >= part.length && bytesEqual(text.bytes, text.offset, part.length, part.bytes, part.offset, part.length)
  );
}

function endKernel(text: ByteSlice, part: ByteSlice): boolean {
  const from = text.offset + text.length - part.length;
  return text.length >= part.length && bytesEqual(text.bytes, from, part.length, part.bytes, part.offset, part.length);
}

function overloadsOf(kernel: (text: ByteSlice, part: ByteSlice) => boolean): readonly Overload[] {
  return [
    { params: ['text', 'text'], returns: BOOLEAN, kernel },
    { params: ['binary', 'binary'], returns: BOOLEAN, kernel },
  ];
}

const startsWith = scalar({
  name: 'STARTSWITH',
  category: 'string',
  syntax: ['STARTSWITH(text, prefix)'],
  doc: 'Whether a text or bytes begin with the prefix; case counts.',
  examples: [{ sql: `STARTSWITH('/api/v1', '/api')`, gives: 'true' }],
  overloads: overloadsOf(startKernel),
});

const endsWith = scalar({
  name: 'ENDSWITH',
  category: 'string',
  syntax: ['ENDSWITH(text, suffix)'],
  doc: 'Whether a text or bytes end with the suffix; case counts.',
  examples: [{ sql: `ENDSWITH('access.log', '.log')`, gives: 'true' }],
  overloads: overloadsOf(endKernel),
});

export const affixTests = [startsWith, endsWith];
