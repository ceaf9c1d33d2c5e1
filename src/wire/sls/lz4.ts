import { createRequire } from 'node:module';
import { WireError } from '../../errors/sluice-error.ts';
import { damagedHint } from './damaged-hint.ts';

/** No answer or request of the service is larger; what announces more is refused before anything is allocated. */
export const MAX_RAW_BYTES = 256 << 20;

interface NativeLz4 {
  compressSync(data: Buffer): Buffer;
  uncompressSync(data: Uint8Array): Buffer;
}

let native: NativeLz4 | null | undefined;

/** lz4-napi is optional: where its binary does not load, the JavaScript codec below does the same. */
function loadNative(): NativeLz4 | null {
  if (native === undefined) {
    try {
      native = createRequire(import.meta.url)('lz4-napi') as NativeLz4;
    } catch {
      native = null;
    }
  }
  return native;
}

/** Bytes that a caller of `decompressLz4` may leave free in front of a block; then the block is not copied. */
export const LZ4_HEADROOM = 4;

/**
 * Expands one raw LZ4 block (no frame, no size prefix: SLS) to exactly `rawSize` bytes.
 * @param headroom whether the `LZ4_HEADROOM` bytes in front of `block` in its buffer may be overwritten
 * @throws WireError SLS_BODY_CORRUPT; nothing is allocated for an announced size that the block cannot hold
 */
export function decompressLz4(
  block: Uint8Array,
  rawSize: number,
  { headroom = false }: { readonly headroom?: boolean } = {},
): Uint8Array {
  checkRawSize(block.length, rawSize);
  if (rawSize === 0) return new Uint8Array(0);
  const fast = loadNative();
  if (fast === null) return decompressLz4Js(block, rawSize);
  // lz4-napi wants the size in front, and answers a wrong one with a short result and no error.
  const prefixed = headroom
    ? Buffer.from(block.buffer, block.byteOffset - LZ4_HEADROOM, block.length + LZ4_HEADROOM)
    : Buffer.allocUnsafe(block.length + LZ4_HEADROOM);
  prefixed.writeUInt32LE(rawSize, 0);
  if (!headroom) prefixed.set(block, LZ4_HEADROOM);
  let raw: Uint8Array;
  try {
    raw = fast.uncompressSync(prefixed);
  } catch {
    throw corrupt('the LZ4 block is damaged');
  }
  if (raw.length !== rawSize) throw wrongSize(rawSize, raw.length);
  return raw;
}

/** Packs bytes into one raw LZ4 block. */
export function compressLz4(raw: Uint8Array): Uint8Array {
  const fast = raw.length === 0 ? null : loadNative();
  if (fast === null) return compressLz4Js(raw);
  return fast.compressSync(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)).subarray(LZ4_HEADROOM);
}

function checkRawSize(blockSize: number, rawSize: number): void {
  if (!Number.isInteger(rawSize) || rawSize < 0) throw corrupt('the announced size is not a number of bytes');
  if (rawSize > MAX_RAW_BYTES) throw corrupt(`the announced size of ${rawSize} bytes is above ${MAX_RAW_BYTES}`);
  // One length byte adds at most 255 bytes, so no block expands more than that.
  if (rawSize > blockSize * 255) throw corrupt(`${blockSize} bytes of LZ4 cannot expand to ${rawSize} bytes`);
  if (rawSize === 0 && blockSize > 1) throw wrongSize(0, blockSize);
}

/** The same as `decompressLz4` in plain JavaScript. */
export function decompressLz4Js(block: Uint8Array, rawSize: number): Uint8Array {
  checkRawSize(block.length, rawSize);
  const raw = new Uint8Array(rawSize);
  const end = block.length;
  let from = 0;
  let to = 0;
  while (from < end) {
    const token = block[from++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255) {
        if (from >= end) throw corrupt('the LZ4 block ends inside a length');
        more = block[from++]!;
        literals += more;
      }
    }
    if (literals > end - from) throw corrupt('the LZ4 block ends inside its literals');
    if (literals > rawSize - to) throw corrupt('the LZ4 block is longer than announced');
    if (literals > 32) {
      raw.set(block.subarray(from, from + literals), to);
      from += literals;
      to += literals;
    } else {
      for (const stop = to + literals; to < stop;) raw[to++] = block[from++]!;
    }
    if (from === end) break;
    if (end - from < 2) throw corrupt('the LZ4 block ends inside an offset');
    const back = block[from]! | (block[from + 1]! << 8);
    from += 2;
    if (back === 0 || back > to) throw corrupt('the LZ4 block points in front of its beginning');
    let length = token & 15;
    if (length === 15) {
      let more = 255;
      while (more === 255) {
        if (from >= end) throw corrupt('the LZ4 block ends inside a length');
        more = block[from++]!;
        length += more;
      }
    }
    length += 4;
    if (length > rawSize - to) throw corrupt('the LZ4 block is longer than announced');
    if (length > 48 && back >= length) {
      raw.copyWithin(to, to - back, to - back + length);
      to += length;
    } else {
      for (let source = to - back, stop = to + length; to < stop;) raw[to++] = raw[source++]!;
    }
  }
  if (to !== rawSize) throw wrongSize(rawSize, to);
  return raw;
}

const HASH_BITS = 14;
const MIN_MATCH = 4;
/** The format wants the last 5 bytes as literals and no match beginning in the last 12. */
const END_LITERALS = 5;
const END_MATCH_START = 12;

/** The same as `compressLz4` in plain JavaScript: greedy, one hash probe per position, 64 KiB back. */
export function compressLz4Js(raw: Uint8Array): Uint8Array {
  const size = raw.length;
  const out = new Uint8Array(size + Math.ceil(size / 255) + 16);
  const table = new Int32Array(1 << HASH_BITS).fill(-1);
  let to = 0;
  let anchor = 0;
  let at = 0;
  let misses = 0;
  const lastStart = size - END_MATCH_START;
  const matchEnd = size - END_LITERALS;
  while (at <= lastStart) {
    const word = raw[at]! | (raw[at + 1]! << 8) | (raw[at + 2]! << 16) | (raw[at + 3]! << 24);
    const hash = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
    const candidate = table[hash]!;
    table[hash] = at;
    if (
      candidate < 0 ||
      at - candidate > 0xffff ||
      raw[candidate] !== raw[at] ||
      raw[candidate + 1] !== raw[at + 1] ||
      raw[candidate + 2] !== raw[at + 2] ||
      raw[candidate + 3] !== raw[at + 3]
    ) {
      // Data that does not match is skipped faster and faster, as the reference compressor does.
      at += 1 + (misses++ >>> 6);
      continue;
    }
    misses = 0;
    let length = MIN_MATCH;
    while (at + length < matchEnd && raw[candidate + length] === raw[at + length]) length++;
    to = writeSequence(out, to, raw, anchor, at - anchor, at - candidate, length);
    at += length;
    anchor = at;
  }
  return out.subarray(0, writeSequence(out, to, raw, anchor, size - anchor, 0, 0));
}

/** One sequence: literals, then a match `back` bytes behind; `length` 0 = the last one, literals only. */
function writeSequence(
  out: Uint8Array,
  start: number,
  raw: Uint8Array,
  anchor: number,
  literals: number,
  back: number,
  length: number,
): number {
  const extra = length - MIN_MATCH;
  let to = start;
  out[to++] = (Math.min(literals, 15) << 4) | (length === 0 ? 0 : Math.min(extra, 15));
  if (literals >= 15) to = writeLength(out, to, literals - 15);
  out.set(raw.subarray(anchor, anchor + literals), to);
  to += literals;
  if (length === 0) return to;
  out[to++] = back & 0xff;
  out[to++] = back >>> 8;
  return extra >= 15 ? writeLength(out, to, extra - 15) : to;
}

function writeLength(out: Uint8Array, start: number, length: number): number {
  let to = start;
  let rest = length;
  for (; rest >= 255; rest -= 255) out[to++] = 255;
  out[to++] = rest;
  return to;
}

function corrupt(message: string): WireError {
  return new WireError('SLS_BODY_CORRUPT', message, { domain: 'external', retry: 'backoff', hint: damagedHint });
}

function wrongSize(announced: number, found: number): WireError {
  return corrupt(`the body expands to ${found} bytes and ${announced} were announced`);
}
