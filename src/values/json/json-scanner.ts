/**
 * Walks JSON text in bytes without building anything. Places are absolute; -1 means "not JSON". The grammar is that of
 * JSON.parse: no comments, no trailing commas.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
/** Deeper text counts as invalid rather than overflow the stack. */
const MAX_DEPTH = 500;

export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let place = at;
  while (place < end) {
    const byte = bytes[place]!;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    place++;
  }
  return place;
}

/** Behind the string that opens at `at` (which holds the quote). */
export function skipString(bytes: Uint8Array, at: number, end: number): number {
  for (let i = at + 1; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) return i + 1;
    if (byte < 0x20) return -1;
    if (byte === BACKSLASH) {
      i++;
      if (i >= end) return -1;
      const escaped = bytes[i]!;
      if (escaped === 0x75) {
        for (let digit = 1; digit <= 4; digit++) if (i + digit >= end || !isHex(bytes[i + digit]!)) return -1;
        i += 4;
      } else if (!isSimpleEscape(escaped)) {
        return -1;
      }
    }
  }
  return -1;
}

function isHex(byte: number): boolean {
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}

/** `" \ / b f n r t` */
function isSimpleEscape(byte: number): boolean {
  return (
    byte === QUOTE ||
    byte === BACKSLASH ||
    byte === 0x2f ||
    byte === 0x62 ||
    byte === 0x66 ||
    byte === 0x6e ||
    byte === 0x72 ||
    byte === 0x74
  );
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function skipNumber(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  if (bytes[i] === 0x2d) i++;
  if (i >= end || !isDigit(bytes[i])) return -1;
  if (bytes[i] === 0x30) i++;
  else while (i < end && isDigit(bytes[i])) i++;
  if (i < end && bytes[i] === 0x2e) {
    i++;
    if (i >= end || !isDigit(bytes[i])) return -1;
    while (i < end && isDigit(bytes[i])) i++;
  }
  if (i < end && (bytes[i]! | 0x20) === 0x65) {
    i++;
    if (i < end && (bytes[i] === 0x2b || bytes[i] === 0x2d)) i++;
    if (i >= end || !isDigit(bytes[i])) return -1;
    while (i < end && isDigit(bytes[i])) i++;
  }
  return i;
}

const TRUE = [0x74, 0x72, 0x75, 0x65];
const FALSE = [0x66, 0x61, 0x6c, 0x73, 0x65];
const NULL = [0x6e, 0x75, 0x6c, 0x6c];

function skipWord(bytes: Uint8Array, at: number, end: number, word: readonly number[]): number {
  if (at + word.length > end) return -1;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return -1;
  return at + word.length;
}

/** Behind the value that starts at `at` (no blanks before it). */
export function skipValue(bytes: Uint8Array, at: number, end: number, depth = 0): number {
  if (at >= end || depth > MAX_DEPTH) return -1;
  switch (bytes[at]) {
    case QUOTE:
      return skipString(bytes, at, end);
    case OPEN_BRACE: {
      let place = skipBlanks(bytes, at + 1, end);
      if (place < end && bytes[place] === CLOSE_BRACE) return place + 1;
      for (;;) {
        place = memberValue(bytes, place, end);
        if (place < 0) return -1;
        place = behindElement(bytes, skipValue(bytes, place, end, depth + 1), end, CLOSE_BRACE);
        if (place < 0) return -1;
        if (bytes[place - 1] === CLOSE_BRACE) return place;
        place = skipBlanks(bytes, place, end);
      }
    }
    case OPEN_BRACKET: {
      let place = skipBlanks(bytes, at + 1, end);
      if (place < end && bytes[place] === CLOSE_BRACKET) return place + 1;
      for (;;) {
        place = behindElement(bytes, skipValue(bytes, place, end, depth + 1), end, CLOSE_BRACKET);
        if (place < 0) return -1;
        if (bytes[place - 1] === CLOSE_BRACKET) return place;
        place = skipBlanks(bytes, place, end);
      }
    }
    case 0x74:
      return skipWord(bytes, at, end, TRUE);
    case 0x66:
      return skipWord(bytes, at, end, FALSE);
    case 0x6e:
      return skipWord(bytes, at, end, NULL);
    default:
      return skipNumber(bytes, at, end);
  }
}

/** From the name of a member (a quote at `at`) to where its value starts. */
export function memberValue(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end || bytes[at] !== QUOTE) return -1;
  const behindName = skipString(bytes, at, end);
  if (behindName < 0) return -1;
  const colon = skipBlanks(bytes, behindName, end);
  return colon < end && bytes[colon] === COLON ? skipBlanks(bytes, colon + 1, end) : -1;
}

/** Behind the comma or `close` that follows an element ending at `at`. */
export function behindElement(bytes: Uint8Array, at: number, end: number, close: number): number {
  if (at < 0) return -1;
  const place = skipBlanks(bytes, at, end);
  if (place >= end) return -1;
  return bytes[place] === COMMA || bytes[place] === close ? place + 1 : -1;
}

/** Whether the whole range is one JSON value. */
export function isJson(bytes: Uint8Array, offset: number, length: number): boolean {
  const end = offset + length;
  const behind = skipValue(bytes, skipBlanks(bytes, offset, end), end);
  return behind >= 0 && skipBlanks(bytes, behind, end) === end;
}
