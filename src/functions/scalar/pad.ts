import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { countCodePoints, nextCodePoint, skipCodePoints } from '../../values/utf8.ts';
import { scalar } from '../define.ts';
import { appendSlice } from './append-slice.ts';

/** Bytes that one value may have (blink-sql.md 2.1: 4 MB of text). */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;

export function checkTextSize(bytes: number, name: string): void {
  if (bytes > MAX_TEXT_BYTES) {
    throw new SluiceError('VALUE_INVALID', `the result of ${name} is longer than ${MAX_TEXT_BYTES} bytes`);
  }
}

function padKernel(out: ByteSlice, text: ByteSlice, length: number, pad: ByteSlice, atStart: boolean): boolean {
  if (length < 0) return false;
  const { bytes, offset } = text;
  const end = offset + text.length;
  const count = countCodePoints(bytes, offset, text.length);
  if (count >= length) {
    out.view(bytes, offset, skipCodePoints(bytes, offset, end, length) - offset);
    return true;
  }
  if (pad.length === 0) return false;
  const padEnd = pad.offset + pad.length;
  checkTextSize((length - count) * 4 + text.length, 'LPAD or RPAD');
  const target = out.reserve(text.length + (length - count) * 4);
  let at = atStart ? 0 : appendSlice(target, 0, text);
  let from = pad.offset;
  for (let missing = length - count; missing > 0; missing--) {
    const next = nextCodePoint(pad.bytes, from, padEnd);
    while (from < next) target[at++] = pad.bytes[from++]!;
    if (from === padEnd) from = pad.offset;
  }
  out.length = atStart ? appendSlice(target, at, text) : at;
  return true;
}

const doc =
  'cut to `length` characters if it is longer. NULL for a negative length, or when an empty pad would be needed (in Flink for every empty pad).';

const lpad = scalar({
  name: 'LPAD',
  category: 'string',
  syntax: ['LPAD(text, length, pad)'],
  doc: `The text with pad repeated in front of it up to \`length\` characters; ${doc}`,
  examples: [
    { sql: `LPAD('hi', 5, '12')`, gives: '121hi' },
    { sql: `LPAD('hi', 1, '??')`, gives: 'h' },
    { sql: `LPAD('hi', -2, '?')`, gives: null },
  ],
  overloads: [
    {
      params: ['text', 'int', 'text'],
      returns: VARCHAR,
      mayReturnNull: true,
      make: (site) => {
        const refusesEmpty = site.context.compatibility === 'flink';
        return (out: ByteSlice, text: ByteSlice, length: number, pad: ByteSlice) =>
          !(refusesEmpty && pad.length === 0) && padKernel(out, text, length, pad, true);
      },
    },
  ],
});

const rpad = scalar({
  name: 'RPAD',
  category: 'string',
  syntax: ['RPAD(text, length, pad)'],
  doc: `The text with pad repeated behind it up to \`length\` characters; ${doc}`,
  examples: [{ sql: `RPAD('HelloWorld', 15, 'John')`, gives: 'HelloWorldJohnJ' }],
  overloads: [
    {
      params: ['text', 'int', 'text'],
      returns: VARCHAR,
      mayReturnNull: true,
      make: (site) => {
        const refusesEmpty = site.context.compatibility === 'flink';
        return (out: ByteSlice, text: ByteSlice, length: number, pad: ByteSlice) =>
          !(refusesEmpty && pad.length === 0) && padKernel(out, text, length, pad, false);
      },
    },
  ],
});

export const padFunctions = [lpad, rpad];
