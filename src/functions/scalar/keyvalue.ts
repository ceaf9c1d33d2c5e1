import { bytesEqual, type ByteSlice } from '../../columnar/byte-slice.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { scalar, type Kernel } from '../define.ts';
import { Separators, Tokens } from '../table/separators.ts';

/** With separators of one byte each; what stands behind the first one of a pair is the value. */
function findPlain(out: ByteSlice, text: ByteSlice, pairs: ByteSlice, keyValue: ByteSlice, key: ByteSlice): boolean {
  const { bytes, offset, length } = text;
  const end = offset + length;
  const pairByte = pairs.bytes[pairs.offset]!;
  const keyByte = keyValue.bytes[keyValue.offset]!;
  for (let at = offset; at <= end;) {
    const pairEnd = indexOfByte(bytes, at, end, pairByte);
    const keyEnd = indexOfByte(bytes, at, pairEnd, keyByte);
    if (keyEnd < pairEnd && bytesEqual(bytes, at, keyEnd - at, key.bytes, key.offset, key.length)) {
      out.view(bytes, keyEnd + 1, pairEnd - keyEnd - 1);
      return true;
    }
    at = pairEnd + 1;
  }
  return false;
}

function indexOfByte(bytes: Uint8Array, at: number, end: number, byte: number): number {
  for (let i = at; i < end; i++) if (bytes[i] === byte) return i;
  return end;
}

/** As Java's StringUtils.split: each character separates, empty tokens are left out, a pair has exactly two. */
function splittingKernel(): Kernel {
  const pairSeparators = new Separators();
  const sideSeparators = new Separators();
  const tokens = new Tokens();
  const sides = new Tokens();
  return (out: ByteSlice, text: ByteSlice, pairs: ByteSlice, keyValue: ByteSlice, key: ByteSlice) => {
    if (pairs.length === 1 && keyValue.length === 1) return findPlain(out, text, pairs, keyValue, key);
    const { bytes } = text;
    pairSeparators.use(pairs);
    sideSeparators.use(keyValue);
    tokens.over(bytes, text.offset, text.length);
    while (tokens.next(pairSeparators)) {
      sides.over(bytes, tokens.start, tokens.end - tokens.start);
      if (!sides.next(sideSeparators)) continue;
      const isKey = bytesEqual(bytes, sides.start, sides.end - sides.start, key.bytes, key.offset, key.length);
      if (!isKey || !sides.next(sideSeparators)) continue;
      const { start, end } = sides;
      if (sides.next(sideSeparators)) continue;
      out.view(bytes, start, end - start);
      return true;
    }
    return false;
  };
}

export const keyvalue = scalar({
  name: 'KEYVALUE',
  category: 'string',
  syntax: ['KEYVALUE(text, pair_separator, key_value_separator, key)'],
  doc: 'The value of a key in a text such as `k1=v1;k2=v2`; NULL when it is not there. A separator of one character is itself; of a longer one each character separates, and a pair is a key and a value that are not empty.',
  examples: [
    { sql: `KEYVALUE('k1=v1;k2=v2', ';', '=', 'k2')`, gives: 'v2' },
    { sql: `KEYVALUE('a=1,b=2', ',', '=', 'd')`, gives: null },
    { sql: `KEYVALUE('k1:=a;,k2:=b', ';,', ':=', 'k2')`, gives: 'b' },
    { sql: `KEYVALUE('k1中a。k2中b', '。', '中', 'k2')`, gives: 'b' },
  ],
  overloads: [
    {
      params: ['text', 'text', 'text', 'text'],
      returns: VARCHAR,
      mayReturnNull: true,
      make: splittingKernel,
    },
  ],
});
