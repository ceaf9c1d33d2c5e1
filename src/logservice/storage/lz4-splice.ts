import { InternalError } from '../../errors/sluice-error.ts';
import { RECORD_HEADER_BYTES } from './record.ts';

/**
 * A pull answer is one LZ4 block over many groups, each of which arrived as an LZ4 block of its own. Blocks are joined
 * without decompressing them: an LZ4 block is a row of sequences (literals, match), ended by literals alone, and a
 * match only ever points back within its own block. So the closing literals of one group, the framing between two
 * groups and the opening literals of the next become the literals of one sequence, and all else is copied.
 *
 *   group 1: [head literals][middle: match … match][tail literals]
 *   group 2:                                       [head literals][middle …][tail literals]
 *   answer:  token head  middle   token  tail 1 + head 2   middle   token tail 2
 */
export interface Lz4Parts {
  readonly headStart: number;
  readonly headEnd: number;
  /** From the offset of the first match to the token of the closing literals; empty where nothing matched. */
  readonly middleEnd: number;
  readonly tailStart: number;
  /** Low four bits of the first token: the length of its match. */
  readonly matchNibble: number;
}

/** Finds the parts of a block that a decompressor has accepted. */
export function dissectLz4(block: Uint8Array): Lz4Parts {
  const end = block.length;
  let at = 0;
  let headStart = 0;
  let headEnd = -1;
  let matchNibble = 0;
  while (at < end) {
    const tokenAt = at;
    const token = block[at++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      let more: number;
      do {
        more = block[at++] ?? 0;
        literals += more;
      } while (more === 255);
    }
    const literalsAt = at;
    at += literals;
    if (at >= end) {
      if (at > end) break;
      if (headEnd < 0) return { headStart: literalsAt, headEnd: end, middleEnd: end, tailStart: end, matchNibble: 0 };
      return { headStart, headEnd, middleEnd: tokenAt, tailStart: literalsAt, matchNibble };
    }
    if (headEnd < 0) {
      headStart = literalsAt;
      headEnd = at;
      matchNibble = token & 15;
    }
    at += 2;
    if ((token & 15) === 15) while (block[at++] === 255);
  }
  // A block that ends in a match has no closing literals.
  if (at === end && headEnd >= 0) return { headStart, headEnd, middleEnd: end, tailStart: end, matchNibble };
  throw new InternalError('an LZ4 block that was decompressed has no end');
}

/** Where records lie: `bytes[i]` holds the record i at `offsets[i]`. */
export interface LogSlice {
  readonly bytes: Buffer[];
  readonly offsets: number[];
  readonly rawBytes: number;
}

/** The LogGroupList of these records as one LZ4 block, which expands to `slice.rawBytes`. */
export function spliceRecords(slice: LogSlice): Buffer {
  const { bytes, offsets } = slice;
  const count = bytes.length;
  let capacity = 16;
  for (let i = 0; i < count; i++) {
    const payload = bytes[i]!.readUInt32LE(offsets[i]);
    capacity += payload + (payload >>> 7) + 16;
  }
  const out = Buffer.allocUnsafe(capacity);
  // Literals that wait for their token: pieces (buffer, from, to), because groups that did not compress have no match.
  const pieces: Buffer[] = [];
  const bounds: number[] = [];
  let waiting = 0;
  let to = 0;
  for (let i = 0; i < count; i++) {
    const record = bytes[i]!;
    const at = offsets[i]!;
    const start = at + RECORD_HEADER_BYTES;
    const end = start + record.readUInt32LE(at);
    const headEnd = start + record.readUInt32LE(at + 16);
    const tailStart = end - record.readUInt32LE(at + 20);
    pieces.push(record);
    bounds.push(start, headEnd);
    waiting += headEnd - start;
    if (tailStart > headEnd) {
      to = writeLiterals(out, to, pieces, bounds, waiting, record.readUInt32LE(at + 28));
      to += record.copy(out, to, headEnd, tailStart);
      pieces.length = 0;
      bounds.length = 0;
      waiting = 0;
    }
    pieces.push(record);
    bounds.push(tailStart, end);
    waiting += end - tailStart;
  }
  to = writeLiterals(out, to, pieces, bounds, waiting, 0);
  return out.subarray(0, to);
}

function writeLiterals(
  out: Buffer,
  start: number,
  pieces: readonly Buffer[],
  bounds: readonly number[],
  length: number,
  matchNibble: number,
): number {
  let to = start;
  if (length < 15) {
    out[to++] = (length << 4) | matchNibble;
  } else {
    out[to++] = 0xf0 | matchNibble;
    let rest = length - 15;
    for (; rest >= 255; rest -= 255) out[to++] = 255;
    out[to++] = rest;
  }
  for (let i = 0; i < pieces.length; i++) to += pieces[i]!.copy(out, to, bounds[2 * i], bounds[2 * i + 1]);
  return to;
}
