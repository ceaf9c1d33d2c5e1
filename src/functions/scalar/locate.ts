import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import { INT } from '../../types/sql-type.ts';
import {
  countCodePoints,
  indexOfBytes,
  lastIndexOfBytes,
  nextCodePoint,
  previousCodePoint,
  skipCodePoints,
} from '../../values/utf8.ts';
import { scalar } from '../define.ts';

/** The 1-based character at which `needle` stands in `text` at or behind character `from`; 0 if absent. Nothing is at 1. */
function positionOf(text: ByteSlice, needle: ByteSlice, from: number): number {
  if (needle.length === 0) return 1;
  const { bytes, offset, length } = text;
  const end = offset + length;
  const start = skipCodePoints(bytes, offset, end, Math.max(0, from - 1));
  const found = indexOfBytes(bytes, start, end, needle.bytes, needle.offset, needle.length);
  return found < 0 ? 0 : countCodePoints(bytes, offset, found - offset) + 1;
}

const locate = scalar({
  name: 'LOCATE',
  aliases: ['POSITION'],
  category: 'string',
  syntax: ['LOCATE(part, text [, start])', 'POSITION(part IN text)'],
  doc: 'The 1-based place of the first occurrence of part in text, from character start on; 0 if there is none. A start below 1 is the beginning; an empty part is at 1.',
  examples: [
    { sql: `LOCATE('l', 'hello', 0)`, gives: '3' },
    { sql: `LOCATE('', 'hello', 4)`, gives: '1' },
    { sql: `POSITION('in' IN 'china')`, gives: '3' },
    { sql: `LOCATE('aa', 'aaads', 2)`, gives: '2' },
  ],
  overloads: [
    {
      params: ['text', 'text', 'int'],
      optional: 1,
      returns: INT,
      kernel: (needle: ByteSlice, text: ByteSlice, start = 1) => positionOf(text, needle, start),
    },
  ],
});

function instrBackwards(text: ByteSlice, needle: ByteSlice, start: number, nth: number): number {
  const { bytes, offset, length } = text;
  const end = offset + length;
  let at = end;
  for (let left = -start; left > 0; left--) {
    if (at === offset) return 0;
    at = previousCodePoint(bytes, at, offset);
  }
  for (let left = nth; ; left--) {
    const found = lastIndexOfBytes(bytes, offset, at, end, needle);
    if (found < 0) return 0;
    if (left === 1) return countCodePoints(bytes, offset, found - offset) + 1;
    if (found === offset) return 0;
    at = previousCodePoint(bytes, found, offset);
  }
}

const instr = scalar({
  name: 'INSTR',
  category: 'string',
  syntax: ['INSTR(text, part [, start [, nth]])'],
  doc: 'The 1-based place of the nth occurrence of part, searched from character start on; a negative start searches backwards from that many characters before the end. 0 if there is none.',
  examples: [
    { sql: `INSTR('Tech on the net', 'e', 1, 3)`, gives: '14' },
    { sql: `INSTR('helloworld', 'l', 3, 2)`, gives: '4' },
    { sql: `INSTR('abc', 'x')`, gives: '0' },
    { sql: `INSTR('abc', '', 3)`, gives: '1' },
  ],
  overloads: [
    {
      params: ['text', 'text', 'int', 'int'],
      optional: 2,
      returns: INT,
      kernel: (text: ByteSlice, needle: ByteSlice, start = 1, nth = 1) => {
        if (nth <= 0) throw new SluiceError('VALUE_INVALID', `the occurrence ${nth} of INSTR is not positive`);
        if (start === 0) return 0;
        // As Java's indexOf there: nothing is found at the end that the search starts from.
        if (needle.length === 0) return start > 0 ? 1 : countCodePoints(text.bytes, text.offset, text.length) + 1;
        if (start < 0) return instrBackwards(text, needle, start, nth);
        const { bytes, offset, length } = text;
        const end = offset + length;
        let at = skipCodePoints(bytes, offset, end, start - 1);
        for (let left = nth; ; left--) {
          const found = indexOfBytes(bytes, at, end, needle.bytes, needle.offset, needle.length);
          if (found < 0) return 0;
          if (left === 1) return countCodePoints(bytes, offset, found - offset) + 1;
          if (found >= end) return 0;
          at = nextCodePoint(bytes, found, end);
        }
      },
    },
  ],
});

export const searchFunctions = [locate, instr];
