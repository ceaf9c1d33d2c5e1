import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { nextCodePoint, indexOfBytes } from '../../values/utf8.ts';
import { scalar } from '../define.ts';
import { appendSlice } from './append-slice.ts';
import { checkTextSize } from './pad.ts';

const repeat = scalar({
  name: 'REPEAT',
  category: 'string',
  syntax: ['REPEAT(text, count)'],
  doc: 'The text that many times; empty for a count of 0 or less.',
  examples: [{ sql: `REPEAT('ab', 3)`, gives: 'ababab' }],
  overloads: [
    {
      params: ['text', 'int'],
      returns: VARCHAR,
      kernel: (out: ByteSlice, text: ByteSlice, count: number) => {
        const length = count <= 0 ? 0 : text.length * count;
        checkTextSize(length, 'REPEAT');
        const target = out.reserve(length);
        for (let at = 0; at < length;) at = appendSlice(target, at, text);
        return true;
      },
    },
  ],
});

const reverse = scalar({
  name: 'REVERSE',
  category: 'string',
  syntax: ['REVERSE(text)'],
  doc: 'The characters in reverse order.',
  examples: [{ sql: `REVERSE('iPhoneX')`, gives: 'XenohPi' }],
  overloads: [
    {
      params: ['text'],
      returns: VARCHAR,
      kernel: (out: ByteSlice, text: ByteSlice) => {
        const { bytes, offset, length } = text;
        const end = offset + length;
        const target = out.reserve(length);
        let back = length;
        for (let at = offset; at < end;) {
          const next = nextCodePoint(bytes, at, end);
          back -= next - at;
          for (let i = 0; at < next; i++, at++) target[back + i] = bytes[at]!;
        }
        return true;
      },
    },
  ],
});

const replace = scalar({
  name: 'REPLACE',
  category: 'string',
  syntax: ['REPLACE(text, search, replacement)'],
  doc: 'The text with every occurrence of search replaced; an empty search stands before every character and at the end.',
  examples: [{ sql: `REPLACE('a b c', ' ', '_')`, gives: 'a_b_c' }],
  overloads: [
    {
      params: ['text', 'text', 'text'],
      returns: VARCHAR,
      kernel: (out: ByteSlice, text: ByteSlice, search: ByteSlice, replacement: ByteSlice) => {
        const { bytes, offset, length } = text;
        const end = offset + length;
        if (search.length === 0) return replaceGaps(out, text, replacement);
        let found = indexOfBytes(bytes, offset, end, search.bytes, search.offset, search.length);
        if (found < 0) {
          out.alias(text);
          return true;
        }
        let count = 0;
        for (let at = found; at >= 0; count++) {
          at = indexOfBytes(bytes, at + search.length, end, search.bytes, search.offset, search.length);
        }
        const size = length + count * (replacement.length - search.length);
        checkTextSize(size, 'REPLACE');
        const target = out.reserve(size);
        let from = offset;
        let at = 0;
        while (found >= 0) {
          while (from < found) target[at++] = bytes[from++]!;
          at = appendSlice(target, at, replacement);
          from = found + search.length;
          found = indexOfBytes(bytes, from, end, search.bytes, search.offset, search.length);
        }
        while (from < end) target[at++] = bytes[from++]!;
        return true;
      },
    },
  ],
});

/** What Java's `replace` does with an empty search: the replacement around every character. */
function replaceGaps(out: ByteSlice, text: ByteSlice, replacement: ByteSlice): boolean {
  const { bytes, offset, length } = text;
  const end = offset + length;
  let gaps = 1;
  for (let at = offset; at < end; at = nextCodePoint(bytes, at, end)) gaps++;
  const size = length + gaps * replacement.length;
  checkTextSize(size, 'REPLACE');
  const target = out.reserve(size);
  let place = appendSlice(target, 0, replacement);
  for (let from = offset; from < end;) {
    const next = nextCodePoint(bytes, from, end);
    while (from < next) target[place++] = bytes[from++]!;
    place = appendSlice(target, place, replacement);
  }
  return true;
}

export const replaceFunctions = [repeat, reverse, replace];
