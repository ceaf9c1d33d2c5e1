/** Byte positions of JSON tokens inside one line. All functions return −1 where the text is not JSON. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at]!;
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== 0x0a) break;
    at++;
  }
  return at;
}

/** `at` is behind the opening quote; returns the position of the closing one. */
export function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at;
    if (byte < 0x20) return -1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return -1;
}

/** The end of the value that begins at `at`: a number, word, string, array or object. */
export function valueEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  if (first === QUOTE) {
    const close = stringEnd(bytes, at + 1, end);
    return close < 0 ? -1 : close + 1;
  }
  if (first === 0x7b || first === 0x5b) return nestedEnd(bytes, at, end);
  let to = at;
  while (to < end) {
    const byte = bytes[to]!;
    if (byte === 0x2c || byte === 0x7d || byte === 0x5d || byte <= 0x20) break;
    to++;
  }
  return to === at ? -1 : to;
}

function nestedEnd(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      const close = stringEnd(bytes, at + 1, end);
      if (close < 0) return -1;
      at = close;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth++;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
      if (depth === 0) return at + 1;
    }
    at++;
  }
  return -1;
}

/**
 * Replaces the escapes of a string in place (the text only gets shorter). A lone surrogate becomes U+FFFD.
 * @returns the new end, or −1 for an escape that JSON does not have
 */
export function unescapeInPlace(bytes: Uint8Array, start: number, end: number): number {
  let from = bytes.indexOf(BACKSLASH, start);
  if (from < 0 || from >= end) return end;
  let to = from;
  while (from < end) {
    const byte = bytes[from]!;
    if (byte !== BACKSLASH) {
      bytes[to++] = byte;
      from++;
      continue;
    }
    const escape = bytes[from + 1]!;
    const plain = simpleEscapes[escape] ?? 0;
    if (plain !== 0) {
      bytes[to++] = plain;
      from += 2;
      continue;
    }
    if (escape !== 0x75) return -1;
    let code = hex4(bytes, from + 2, end);
    if (code < 0) return -1;
    from += 6;
    if (code >= 0xd800 && code <= 0xdbff && bytes[from] === BACKSLASH && bytes[from + 1] === 0x75) {
      const low = hex4(bytes, from + 2, end);
      if (low >= 0xdc00 && low <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        from += 6;
      }
    }
    to = putCodePoint(bytes, to, code >= 0xd800 && code <= 0xdfff ? 0xfffd : code);
  }
  return to;
}

const simpleEscapes: Readonly<Record<number, number>> = {
  0x22: 0x22,
  0x5c: 0x5c,
  0x2f: 0x2f,
  0x62: 0x08,
  0x66: 0x0c,
  0x6e: 0x0a,
  0x72: 0x0d,
  0x74: 0x09,
};

function hex4(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return -1;
  let code = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[at + i]!;
    const digit =
      byte >= 0x30 && byte <= 0x39
        ? byte - 0x30
        : byte >= 0x41 && byte <= 0x46
          ? byte - 0x37
          : byte >= 0x61 && byte <= 0x66
            ? byte - 0x57
            : -1;
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}

function putCodePoint(bytes: Uint8Array, to: number, code: number): number {
  if (code < 0x80) {
    bytes[to++] = code;
  } else if (code < 0x800) {
    bytes[to++] = 0xc0 | (code >> 6);
    bytes[to++] = 0x80 | (code & 63);
  } else if (code < 0x10000) {
    bytes[to++] = 0xe0 | (code >> 12);
    bytes[to++] = 0x80 | ((code >> 6) & 63);
    bytes[to++] = 0x80 | (code & 63);
  } else {
    bytes[to++] = 0xf0 | (code >> 18);
    bytes[to++] = 0x80 | ((code >> 12) & 63);
    bytes[to++] = 0x80 | ((code >> 6) & 63);
    bytes[to++] = 0x80 | (code & 63);
  }
  return to;
}
