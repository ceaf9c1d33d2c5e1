import { SluiceError } from '../errors/sluice-error.ts';
import { bytesEqual } from '../columnar/byte-slice.ts';
import { indexOfBytes, nextCodePoint } from './utf8.ts';

/** Whether a text, given as a byte range, matches the pattern it was compiled from. */
export type LikeMatcher = (bytes: Uint8Array, offset: number, length: number) => boolean;

/** One run of literal bytes between wildcards, with `_` as holes. */
interface Piece {
  readonly bytes: Uint8Array;
  /** Byte places of `bytes` that stand for one character each; empty for a plain piece. */
  readonly holes: ReadonlySet<number>;
}

const PERCENT = 0x25;
const UNDERSCORE = 0x5f;

/**
 * Compiles a LIKE pattern (`%` any text, `_` one character) to the cheapest test: equality, prefix, suffix, contains,
 * or pieces found from the left; never more than linear work per `%`-free piece and place.
 * @param escape  one character that makes the next `%`, `_` or itself literal
 * @throws SluiceError VALUE_INVALID when the escape is not one character or stands before anything else
 */
export function compileLike(
  pattern: Uint8Array,
  offset: number,
  length: number,
  escape?: { readonly bytes: Uint8Array; readonly offset: number; readonly length: number },
): LikeMatcher {
  const { pieces, hasPercent } = splitPattern(pattern, offset, length, escape);
  const first = pieces[0]!;
  const last = pieces[pieces.length - 1]!;
  if (!hasPercent) {
    if (first.holes.size === 0) {
      return (bytes, at, count) => bytesEqual(bytes, at, count, first.bytes, 0, first.bytes.length);
    }
    return (bytes, at, count) => matchPiece(first, bytes, at, at + count) === at + count;
  }
  const plain = pieces.every((piece) => piece.holes.size === 0);
  const middle = pieces.slice(1, -1).filter((piece) => piece.bytes.length > 0);
  if (plain && middle.length === 0) {
    const prefix = first.bytes;
    const suffix = last.bytes;
    const least = prefix.length + suffix.length;
    return (bytes, at, count) =>
      count >= least &&
      bytesEqual(bytes, at, prefix.length, prefix, 0, prefix.length) &&
      bytesEqual(bytes, at + count - suffix.length, suffix.length, suffix, 0, suffix.length);
  }
  if (plain && middle.length === 1 && first.bytes.length === 0 && last.bytes.length === 0) {
    const needle = middle[0]!.bytes;
    return (bytes, at, count) => indexOfBytes(bytes, at, at + count, needle, 0, needle.length) >= 0;
  }
  return (bytes, at, count) => {
    const end = at + count;
    let place = matchPiece(first, bytes, at, end);
    if (place < 0) return false;
    for (const piece of middle) {
      place = findPiece(piece, bytes, place, end);
      if (place < 0) return false;
    }
    return endsWithPiece(last, bytes, place, end);
  };
}

function splitPattern(
  pattern: Uint8Array,
  offset: number,
  length: number,
  escape: { readonly bytes: Uint8Array; readonly offset: number; readonly length: number } | undefined,
): { readonly pieces: readonly Piece[]; readonly hasPercent: boolean } {
  const escapeEnd = escape === undefined ? 0 : escape.offset + escape.length;
  if (
    escape !== undefined &&
    (escape.length === 0 || nextCodePoint(escape.bytes, escape.offset, escapeEnd) !== escapeEnd)
  ) {
    throw new SluiceError('VALUE_INVALID', 'the escape of LIKE is not one character');
  }
  const end = offset + length;
  const isEscape = (at: number): boolean =>
    escape !== undefined &&
    at + escape.length <= end &&
    bytesEqual(pattern, at, escape.length, escape.bytes, escape.offset, escape.length);
  const pieces: Piece[] = [];
  let bytes: number[] = [];
  let holes = new Set<number>();
  let hasPercent = false;
  const flush = (): void => {
    pieces.push({ bytes: Uint8Array.from(bytes), holes });
    bytes = [];
    holes = new Set();
  };
  for (let at = offset; at < end;) {
    if (escape !== undefined && isEscape(at)) {
      at += escape.length;
      const next = pattern[at];
      const valid = at < end && (next === PERCENT || next === UNDERSCORE || isEscape(at));
      if (!valid) {
        throw new SluiceError('VALUE_INVALID', 'the escape of LIKE stands before a character that needs none', {
          hint: 'It may stand before "%", "_" and itself.',
        });
      }
      const stop = nextCodePoint(pattern, at, end);
      for (; at < stop; at++) bytes.push(pattern[at]!);
      continue;
    }
    const byte = pattern[at++]!;
    if (byte === PERCENT) {
      hasPercent = true;
      flush();
    } else {
      if (byte === UNDERSCORE) holes.add(bytes.length);
      bytes.push(byte);
    }
  }
  flush();
  return { pieces, hasPercent };
}

/** The place behind the piece when it stands at `at`, else -1. */
function matchPiece(piece: Piece, bytes: Uint8Array, at: number, end: number): number {
  const { bytes: wanted, holes } = piece;
  let place = at;
  for (let i = 0; i < wanted.length; i++) {
    if (place >= end) return -1;
    if (holes.has(i)) place = nextCodePoint(bytes, place, end);
    else if (bytes[place] === wanted[i]) place++;
    else return -1;
  }
  return place;
}

/** The place behind the first occurrence of the piece at or behind `from`, or -1. */
function findPiece(piece: Piece, bytes: Uint8Array, from: number, end: number): number {
  if (piece.holes.size === 0) {
    const found = indexOfBytes(bytes, from, end, piece.bytes, 0, piece.bytes.length);
    return found < 0 ? -1 : found + piece.bytes.length;
  }
  for (let at = from; at < end; at = nextCodePoint(bytes, at, end)) {
    const behind = matchPiece(piece, bytes, at, end);
    if (behind >= 0) return behind;
  }
  return -1;
}

/** Whether the piece ends the text and starts at or behind `from`. */
function endsWithPiece(piece: Piece, bytes: Uint8Array, from: number, end: number): boolean {
  const { bytes: wanted, holes } = piece;
  if (holes.size === 0) {
    return (
      end - from >= wanted.length && bytesEqual(bytes, end - wanted.length, wanted.length, wanted, 0, wanted.length)
    );
  }
  let place = end;
  for (let i = wanted.length - 1; i >= 0; i--) {
    if (place <= from) return false;
    place--;
    if (holes.has(i)) while (place > from && (bytes[place]! & 0xc0) === 0x80) place--;
    else if (bytes[place] !== wanted[i]) return false;
  }
  return true;
}
