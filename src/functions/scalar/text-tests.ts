import type { ByteSlice } from '../../columnar/byte-slice.ts';
import type { ScalarFunction } from '../../contracts/function.ts';
import { BOOLEAN, isInteger, isNumeric, type SqlType } from '../../types/sql-type.ts';
import { parseDouble } from '../../values/parse-number.ts';
import { scalar } from '../define.ts';

function textTest(
  name: string,
  doc: string,
  examples: readonly { readonly sql: string; readonly gives: string }[],
  test: (text: ByteSlice) => boolean,
  ofNumber: (type: SqlType, flink: boolean) => boolean,
): ScalarFunction {
  return scalar({
    name,
    category: 'logic',
    syntax: [`${name}(x)`],
    doc: `${doc} FALSE for NULL and for the empty text.`,
    examples,
    resolve({ types: [type, ...rest], context }) {
      if (type === undefined || rest.length > 0) return undefined;
      const kernel = isNumeric(type)
        ? (value: unknown) => value !== null && ofNumber(type, context.compatibility === 'flink')
        : (text: ByteSlice | null) => text !== null && text.length > 0 && test(text);
      const takes = isNumeric(type) || type.kind === 'char' || type.kind === 'varchar' || type.kind === 'null';
      if (!takes) return undefined;
      const args: readonly SqlType[] = [type.kind === 'null' ? { kind: 'varchar', length: undefined } : type];
      return { args, returns: BOOLEAN, impl: { nulls: 'custom', mayReturnNull: false, deterministic: true, kernel } };
    },
  });
}

/** Digits of every script, as Java's `Character.isDigit`. */
function isDigits(text: ByteSlice): boolean {
  const { bytes, offset, length } = text;
  for (let i = offset; i < offset + length; i++) {
    if (bytes[i]! >= 0x80) return /^\p{Nd}+$/u.test(text.toString());
    if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
  }
  return true;
}

/** What Java's `Double.parseDouble` takes, which trims and knows the endings of Java's literals and hexadecimal numbers. */
function isNumber({ bytes, offset, length }: ByteSlice): boolean {
  let start = offset;
  let end = offset + length;
  while (start < end && bytes[start]! <= 0x20) start++;
  while (end > start && bytes[end - 1]! <= 0x20) end--;
  if (parseDouble(bytes, start, end - start) !== null) return true;
  const last = end - start < 2 ? 0 : bytes[end - 1]! | 0x20;
  if (last >= 0x30 && last <= 0x39) return isHexNumber(bytes, start, end);
  const isEnding = last === 0x64 || last === 0x66;
  const before = bytes[end - 2]!;
  if (!isEnding || !((before >= 0x30 && before <= 0x39) || before === 0x2e)) return false;
  return parseDouble(bytes, start, end - 1 - start) !== null || isHexNumber(bytes, start, end - 1);
}

/** `0x1.8p3` */
function isHexNumber(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] === 0x2b || bytes[start] === 0x2d ? start + 1 : start;
  if ((bytes[first + 1]! | 0x20) !== 0x78) return false;
  const text = String.fromCharCode(...bytes.subarray(first, Math.min(end, first + 1000)));
  return /^0x(?:[0-9a-f]+\.?|[0-9a-f]*\.[0-9a-f]+)p[+-]?\d+$/i.test(text);
}

function isLetters(text: ByteSlice): boolean {
  const { bytes, offset, length } = text;
  for (let i = offset; i < offset + length; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x80) return /^\p{L}+$/u.test(text.toString());
    const lower = byte | 0x20;
    if (lower < 0x61 || lower > 0x7a) return false;
  }
  return true;
}

export const textTests: readonly ScalarFunction[] = [
  textTest(
    'IS_ALPHA',
    'Whether a text holds letters only.',
    [{ sql: "IS_ALPHA('abc')", gives: 'true' }],
    isLetters,
    () => false,
  ),
  textTest(
    'IS_DECIMAL',
    'Whether a text is a number; numbers are, in Flink without DECIMAL.',
    [
      { sql: "IS_DECIMAL('1.5')", gives: 'true' },
      { sql: "IS_DECIMAL('1d')", gives: 'true' },
      { sql: "IS_DECIMAL('-0x1.8p3')", gives: 'true' },
      { sql: "IS_DECIMAL('d')", gives: 'false' },
    ],
    isNumber,
    (type, flink) => !flink || type.kind !== 'decimal',
  ),
  textTest(
    'IS_DIGIT',
    'Whether a text holds digits only.',
    [{ sql: "IS_DIGIT('123')", gives: 'true' }],
    isDigits,
    isInteger,
  ),
];
