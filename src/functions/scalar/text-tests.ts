import type { ByteSlice } from '../../columnar/byte-slice.ts';
import type { ScalarFunction } from '../../contracts/function.ts';
import { BOOLEAN, isInteger, isNumeric, type SqlType } from '../../types/sql-type.ts';
import { parseDouble } from '../../values/parse-number.ts';
import { scalar } from '../define.ts';

function textTest(
  name: string,
  doc: string,
  example: readonly [string, string],
  test: (text: ByteSlice) => boolean,
  ofNumber: (type: SqlType) => boolean,
): ScalarFunction {
  return scalar({
    name,
    category: 'logic',
    syntax: [`${name}(x)`],
    doc: `${doc} FALSE for NULL and for the empty text.`,
    examples: [{ sql: example[0], gives: example[1] }],
    resolve({ types: [type, ...rest] }) {
      if (type === undefined || rest.length > 0) return undefined;
      const kernel = isNumeric(type)
        ? (value: unknown) => value !== null && ofNumber(type)
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

/** What Java's `Double.parseDouble` takes, which trims. */
function isNumber({ bytes, offset, length }: ByteSlice): boolean {
  let start = offset;
  let end = offset + length;
  while (start < end && bytes[start]! <= 0x20) start++;
  while (end > start && bytes[end - 1]! <= 0x20) end--;
  return parseDouble(bytes, start, end - start) !== null;
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
  textTest('IS_ALPHA', 'Whether a text holds letters only.', ["IS_ALPHA('abc')", 'true'], isLetters, () => false),
  textTest('IS_DECIMAL', 'Whether a text is a number.', ["IS_DECIMAL('1.5')", 'true'], isNumber, () => true),
  textTest('IS_DIGIT', 'Whether a text holds digits only.', ["IS_DIGIT('123')", 'true'], isDigits, isInteger),
];
