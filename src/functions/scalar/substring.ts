import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { countCodePoints, previousCodePoint, skipCodePoints } from '../../values/utf8.ts';
import { scalar } from '../define.ts';

/** Shows characters `start` (1-based, 0 counts as 1, negative from the end) … of `text`. */
function substringKernel(out: ByteSlice, text: ByteSlice, start: number, count: number): boolean {
  const { bytes, offset, length } = text;
  const end = offset + length;
  if (count <= 0) {
    out.view(bytes, offset, 0);
    // Java's code gives the empty text for 0 and NULL below it.
    return count === 0;
  }
  let from = offset;
  if (start > 0) from = skipCodePoints(bytes, offset, end, start - 1);
  else if (start < 0) {
    from = end;
    for (let left = -start; left > 0; left--) {
      if (from === offset) {
        out.view(bytes, offset, 0);
        return true;
      }
      from = previousCodePoint(bytes, from, offset);
    }
  }
  out.view(bytes, from, (count >= length ? end : skipCodePoints(bytes, from, end, count)) - from);
  return true;
}

const substring = scalar({
  name: 'SUBSTRING',
  aliases: ['SUBSTR'],
  category: 'string',
  syntax: ['SUBSTRING(text, start [, length])', 'SUBSTRING(text FROM start [FOR length])', 'SUBSTR(…)'],
  doc: 'Part of a text. Characters count from 1, start 0 counts as 1, a negative start counts from the end; outside the text the result is empty. A negative length gives NULL.',
  examples: [
    { sql: `SUBSTRING('k1=v1;k2=v2', 2, 1)`, gives: '1' },
    { sql: `SUBSTRING('k1=v1;k2=v2', -2, 1)`, gives: 'v' },
    { sql: `SUBSTRING('hello' FROM 2)`, gives: 'ello' },
  ],
  overloads: [
    {
      params: ['text', 'int'],
      returns: VARCHAR,
      kernel: (out: ByteSlice, text: ByteSlice, start: number) => substringKernel(out, text, start, 2147483647),
    },
    { params: ['text', 'int', 'int'], returns: VARCHAR, mayReturnNull: true, kernel: substringKernel },
  ],
});

const left = scalar({
  name: 'LEFT',
  category: 'string',
  syntax: ['LEFT(text, count)'],
  doc: 'The first characters of a text; none for a count of 0 or less, all for a count beyond the length.',
  examples: [{ sql: `LEFT('Hello', 3)`, gives: 'Hel' }],
  overloads: [
    {
      params: ['text', 'int'],
      returns: VARCHAR,
      kernel: (out: ByteSlice, text: ByteSlice, count: number) => {
        const { bytes, offset, length } = text;
        out.view(bytes, offset, skipCodePoints(bytes, offset, offset + length, count) - offset);
        return true;
      },
    },
  ],
});

const right = scalar({
  name: 'RIGHT',
  category: 'string',
  syntax: ['RIGHT(text, count)'],
  doc: 'The last characters of a text; none for a count of 0 or less, all for a count beyond the length.',
  examples: [{ sql: `RIGHT('Hello', 3)`, gives: 'llo' }],
  overloads: [
    {
      params: ['text', 'int'],
      returns: VARCHAR,
      kernel: (out: ByteSlice, text: ByteSlice, count: number) => {
        const { bytes, offset, length } = text;
        const end = offset + length;
        const skipped = count >= length ? 0 : countCodePoints(bytes, offset, length) - Math.max(count, 0);
        const from = skipCodePoints(bytes, offset, end, skipped);
        out.view(bytes, from, end - from);
        return true;
      },
    },
  ],
});

export const substringFunctions = [substring, left, right];
