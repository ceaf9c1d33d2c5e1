/** `true t yes y 1` and `false f no n 0` in any case, else null (blink-sql.md 2.3). */
export function parseBoolean(bytes: Uint8Array, offset: number, length: number): boolean | null {
  if (length < 1 || length > 5) return null;
  const first = bytes[offset]!;
  switch (first | 0x20) {
    case 0x74: // t
      return length === 1 || matches(bytes, offset, length, TRUE) ? true : null;
    case 0x66: // f
      return length === 1 || matches(bytes, offset, length, FALSE) ? false : null;
    case 0x79: // y
      return length === 1 || matches(bytes, offset, length, YES) ? true : null;
    case 0x6e: // n
      return length === 1 || matches(bytes, offset, length, NO) ? false : null;
    default:
      if (length !== 1) return null;
      return first === 0x31 ? true : first === 0x30 ? false : null;
  }
}

const TRUE = [0x74, 0x72, 0x75, 0x65];
const FALSE = [0x66, 0x61, 0x6c, 0x73, 0x65];
const YES = [0x79, 0x65, 0x73];
const NO = [0x6e, 0x6f];

function matches(bytes: Uint8Array, offset: number, length: number, word: readonly number[]): boolean {
  if (length !== word.length) return false;
  for (let i = 0; i < length; i++) if ((bytes[offset + i]! | 0x20) !== word[i]) return false;
  return true;
}
