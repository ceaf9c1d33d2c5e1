import { createRequire } from 'node:module';
import * as zlib from 'node:zlib';
import type * as fzstd from 'fzstd';
import { WireError } from '../../errors/sluice-error.ts';
import { compressLz4, decompressLz4, MAX_RAW_BYTES } from './lz4.ts';
import { damagedHint } from './damaged-hint.ts';

/** Values of `x-log-compresstype`. */
export type Compression = 'lz4' | 'zstd' | 'deflate';

/** zstd came to node:zlib with Node 22.15; our floor is 20.19. */
interface ZstdOfZlib {
  zstdCompressSync?: (raw: Uint8Array) => Uint8Array;
  zstdDecompressSync?: (body: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
}
const zstd = zlib as unknown as ZstdOfZlib;

/** The compression a header or option names, or undefined for one we do not know. */
export function compressionNamed(name: string): Compression | undefined {
  const lower = name.trim().toLowerCase();
  return lower === 'lz4' || lower === 'zstd' || lower === 'deflate' ? lower : undefined;
}

/** Whether this process can write zstd (reading always works). */
export function canCompressZstd(): boolean {
  return zstd.zstdCompressSync !== undefined;
}

/** @throws WireError SLS_BODY_CORRUPT where this Node version cannot write zstd (see `canCompressZstd`) */
export function compress(compression: Compression, raw: Uint8Array): Uint8Array {
  switch (compression) {
    case 'lz4':
      return compressLz4(raw);
    case 'deflate':
      return zlib.deflateSync(raw);
    case 'zstd':
      if (zstd.zstdCompressSync === undefined) throw corrupt('this version of Node cannot write zstd');
      return zstd.zstdCompressSync(raw);
  }
}

/**
 * Expands a body to exactly `rawSize` bytes (`x-log-bodyrawsize`); never allocates more than that.
 * @param options `headroom`: see `decompressLz4`
 * @throws WireError SLS_BODY_CORRUPT
 */
export function decompress(
  compression: Compression,
  body: Uint8Array,
  rawSize: number,
  options: { readonly headroom?: boolean } = {},
): Uint8Array {
  if (compression === 'lz4') return decompressLz4(body, rawSize, options);
  if (!Number.isInteger(rawSize) || rawSize < 0 || rawSize > MAX_RAW_BYTES) {
    throw corrupt(`the announced size of ${rawSize} bytes is above ${MAX_RAW_BYTES}`);
  }
  let raw: Uint8Array;
  try {
    raw = compression === 'zstd' ? expandZstd(body, rawSize) : inflate(body, rawSize);
  } catch (error) {
    throw corrupt(`the ${compression} body is damaged or longer than announced`, error);
  }
  if (raw.length !== rawSize) throw corrupt(`the body expands to ${raw.length} bytes and ${rawSize} were announced`);
  return raw;
}

function expandZstd(body: Uint8Array, rawSize: number): Uint8Array {
  if (zstd.zstdDecompressSync !== undefined) {
    return zstd.zstdDecompressSync(body, { maxOutputLength: Math.max(1, rawSize) });
  }
  if (windowBytes(body) > Math.max(MAX_WINDOW_BYTES, rawSize)) throw corrupt('the zstd body wants too large a window');
  // A block has 3 bytes in front and makes 128 KiB at most.
  if (rawSize > Math.ceil(body.length / 4) * (128 << 10)) throw corrupt('the zstd body cannot expand to so much');
  const { Decompress } = createRequire(import.meta.url)('fzstd') as typeof fzstd;
  const raw = new Uint8Array(rawSize);
  let used = 0;
  let ended = false;
  const stream = new Decompress((chunk, final) => {
    raw.set(chunk, used);
    used += chunk.length;
    ended ||= final === true;
  });
  stream.push(body, true);
  if (!ended) throw corrupt('the zstd body ends early');
  return raw.subarray(0, used);
}

/** Twice what the highest usual level (19) takes. The decoder allocates it before it has seen a block. */
const MAX_WINDOW_BYTES = 16 << 20;

/** Window that a frame asks for. @source RFC 8878, 3.1.1.1 */
function windowBytes(frame: Uint8Array): number {
  const flags = frame[4] ?? 0;
  if ((flags & 0x20) === 0) {
    const base = 2 ** (10 + ((frame[5] ?? 0) >> 3));
    return base + (base / 8) * ((frame[5] ?? 0) & 7);
  }
  // A single segment: the size of the content, behind the id of a dictionary.
  const at = 5 + [0, 1, 2, 4][flags & 3]!;
  const bytes = 1 << (flags >> 6);
  let size = 0;
  for (let i = bytes - 1; i >= 0; i--) size = size * 256 + (frame[at + i] ?? 0);
  return size;
}

/** RFC 1950, which the service writes; raw deflate, which some writers send, is taken too. */
function inflate(body: Uint8Array, rawSize: number): Uint8Array {
  const options = { maxOutputLength: Math.max(1, rawSize) };
  const zlibHeader = body.length >= 2 && (body[0]! & 15) === 8 && ((body[0]! << 8) | body[1]!) % 31 === 0;
  return zlibHeader ? zlib.inflateSync(body, options) : zlib.inflateRawSync(body, options);
}

function corrupt(message: string, cause?: unknown): WireError {
  return new WireError('SLS_BODY_CORRUPT', message, { domain: 'external', retry: 'backoff', hint: damagedHint, cause });
}
