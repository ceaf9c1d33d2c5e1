import type { ByteSlice } from '../../columnar/byte-slice.ts';
import type { ScalarFunction } from '../../contracts/function.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { writeAscii } from '../../values/write-number.ts';
import { scalar } from '../define.ts';

function put(out: ByteSlice, text: string): void {
  out.length = writeAscii(out.reserve(text.length), 0, text);
}

const bin = scalar({
  name: 'BIN',
  category: 'math',
  syntax: ['BIN(n)'],
  doc: 'The binary digits of an integer; of a negative one in 64-bit two’s complement.',
  examples: [{ sql: 'BIN(12)', gives: '1100' }],
  overloads: [
    {
      params: ['bigint'],
      returns: VARCHAR,
      kernel: (out: ByteSlice, n: bigint) => put(out, BigInt.asUintN(64, n).toString(2)),
    },
  ],
});

const HEX = '0123456789ABCDEF';

const hex = scalar({
  name: 'HEX',
  category: 'math',
  syntax: ['HEX(n)', 'HEX(text)'],
  doc: 'The upper-case hexadecimal digits of an integer (64-bit two’s complement when negative) or of the bytes of a text.',
  examples: [
    { sql: 'HEX(255)', gives: 'FF' },
    { sql: "HEX('ö')", gives: 'C3B6' },
  ],
  overloads: [
    {
      params: ['bytes'],
      returns: VARCHAR,
      kernel: (out: ByteSlice, { bytes, offset, length }: ByteSlice) => {
        const target = out.reserve(length * 2);
        for (let i = 0; i < length; i++) {
          const byte = bytes[offset + i]!;
          target[2 * i] = HEX.charCodeAt(byte >> 4);
          target[2 * i + 1] = HEX.charCodeAt(byte & 15);
        }
      },
    },
    {
      params: ['bigint'],
      returns: VARCHAR,
      kernel: (out: ByteSlice, n: bigint) => put(out, BigInt.asUintN(64, n).toString(16).toUpperCase()),
    },
  ],
});

/** The value of a digit in bases up to 36, or 99. */
function digitValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x7a ? letter - 0x61 + 10 : 99;
}

const conv = scalar({
  name: 'CONV',
  category: 'math',
  syntax: ['CONV(n, from_base, to_base)', 'CONV(text, from_base, to_base)'],
  doc: 'A number written in another base (2 to 36), upper case; a negative target base gives a sign instead of two’s complement. NULL for bad digits or bases.',
  examples: [{ sql: "CONV('100', 2, 10)", gives: '4' }],
  overloads: [
    {
      params: ['any-text', 'int', 'int'],
      returns: VARCHAR,
      mayReturnNull: true,
      kernel: (out: ByteSlice, { bytes, offset, length }: ByteSlice, from: number, to: number) => {
        const base = Math.abs(to);
        if (from < 2 || from > 36 || base < 2 || base > 36) return false;
        let at = offset;
        let end = offset + length;
        while (at < end && bytes[at] === 0x20) at++;
        while (end > at && bytes[end - 1] === 0x20) end--;
        const negative = bytes[at] === 0x2d && at < end;
        if (negative) at++;
        if (at === end) return false;
        let value = 0n;
        for (; at < end; at++) {
          const digit = digitValue(bytes[at]!);
          if (digit >= from) return false;
          value = value * BigInt(from) + BigInt(digit);
        }
        if (negative) value = -value;
        const shown = to < 0 ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
        put(out, shown.toString(base).toUpperCase());
        return true;
      },
    },
  ],
});

export const numberBases: readonly ScalarFunction[] = [bin, conv, hex];
