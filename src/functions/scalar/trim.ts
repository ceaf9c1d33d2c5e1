import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { indexOfBytes, nextCodePoint, previousCodePoint } from '../../values/utf8.ts';
import { scalar, type Overload } from '../define.ts';

type Side = 'leading' | 'trailing' | 'both';

/** Blanks only, the common case. */
function trimBlanks(side: Side): Overload {
  const atStart = side !== 'trailing';
  const atEnd = side !== 'leading';
  return {
    params: ['text'],
    returns: VARCHAR,
    kernel: (out: ByteSlice, text: ByteSlice) => {
      const { bytes } = text;
      let start = text.offset;
      let end = start + text.length;
      if (atStart) while (start < end && bytes[start] === 0x20) start++;
      if (atEnd) while (end > start && bytes[end - 1] === 0x20) end--;
      out.view(bytes, start, end - start);
      return true;
    },
  };
}

/** Any of the characters of the second argument. */
function trimCharacters(side: Side): Overload {
  const atStart = side !== 'trailing';
  const atEnd = side !== 'leading';
  return {
    params: ['text', 'text'],
    returns: VARCHAR,
    kernel: (out: ByteSlice, text: ByteSlice, characters: ByteSlice) => {
      const { bytes } = text;
      let start = text.offset;
      let end = start + text.length;
      while (atStart && start < end) {
        const next = nextCodePoint(bytes, start, end);
        if (!contains(characters, bytes, start, next)) break;
        start = next;
      }
      while (atEnd && end > start) {
        const before = previousCodePoint(bytes, end, start);
        if (!contains(characters, bytes, before, end)) break;
        end = before;
      }
      out.view(bytes, start, end - start);
      return true;
    },
  };
}

/** Whether the one character at `from … to` occurs; UTF-8 sequences never overlap, so a byte search finds characters. */
function contains(characters: ByteSlice, bytes: Uint8Array, from: number, to: number): boolean {
  const { offset, length } = characters;
  return indexOfBytes(characters.bytes, offset, offset + length, bytes, from, to - from) >= 0;
}

const trim = scalar({
  name: 'TRIM',
  aliases: ['BTRIM'],
  category: 'string',
  syntax: ['TRIM([BOTH | LEADING | TRAILING] [characters FROM] text)', 'BTRIM(text [, characters])'],
  doc: 'The text without any of the characters (default: blank) at both ends or at the named end.',
  examples: [
    { sql: `TRIM('  x ')`, gives: 'x' },
    { sql: `TRIM(BOTH 'abc' FROM 'abcddcba')`, gives: 'dd' },
  ],
  overloads: [trimBlanks('both'), trimCharacters('both')],
});

const ltrim = scalar({
  name: 'LTRIM',
  category: 'string',
  syntax: ['LTRIM(text [, characters])'],
  doc: 'The text without any of the characters (default: blank) at its start.',
  examples: [{ sql: `LTRIM('abcddcba', 'abd')`, gives: 'cddcba' }],
  overloads: [trimBlanks('leading'), trimCharacters('leading')],
});

const rtrim = scalar({
  name: 'RTRIM',
  category: 'string',
  syntax: ['RTRIM(text [, characters])'],
  doc: 'The text without any of the characters (default: blank) at its end.',
  examples: [{ sql: `RTRIM('x  ')`, gives: 'x' }],
  overloads: [trimBlanks('trailing'), trimCharacters('trailing')],
});

export const trimFunctions = [trim, ltrim, rtrim];
