import { createHash } from 'node:crypto';

/** The last range ends here and includes it. */
export const LAST_HASH = 'f'.repeat(32);
const FIRST_HASH = '0'.repeat(32);

/** A range of the 128-bit MD5 space, both ends as 32 lower-case hex digits. */
export interface HashRange {
  readonly begin: string;
  /** Exclusive, except `LAST_HASH`. */
  readonly end: string;
}

export function isHashKey(text: string): boolean {
  return /^[0-9a-fA-F]{32}$/.test(text);
}

/** MD5 of a text or bytes as the 32 hex digits that route a write. */
export function hashKeyOf(value: string | Uint8Array): string {
  return createHash('md5').update(value).digest('hex');
}

/** Whether a key (any case) lies in a range. Hex digits of equal length compare like their numbers. */
export function inHashRange(key: string, range: HashRange): boolean {
  const lower = key.toLowerCase();
  return lower >= range.begin && (lower < range.end || range.end === LAST_HASH);
}

/** The ranges of `count` initial shards: boundary i is floor(2^128 · i / count). */
export function evenHashRanges(count: number): HashRange[] {
  const ranges: HashRange[] = [];
  let begin = FIRST_HASH;
  for (let i = 1; i <= count; i++) {
    const end = i === count ? LAST_HASH : hexOf(((1n << 128n) * BigInt(i)) / BigInt(count));
    ranges.push({ begin, end });
    begin = end;
  }
  return ranges;
}

/** The middle of a range, where a split without a key cuts. */
export function middleHash(range: HashRange): string {
  const end = range.end === LAST_HASH ? 1n << 128n : BigInt(`0x${range.end}`);
  return hexOf((BigInt(`0x${range.begin}`) + end) / 2n);
}

/**
 * The hash of a route text cut to `buckets` (a power of two, 1…512): keeps the top log2(buckets) bits, so that keys of
 * one bucket travel in one batch.
 * @source sls-protocol, section 7.5
 */
export function adjustedHashKey(routeText: string, buckets: number): string {
  const bits = BigInt(Math.round(Math.log2(buckets)));
  const drop = 128n - bits;
  return hexOf((BigInt(`0x${hashKeyOf(routeText)}`) >> drop) << drop);
}

function hexOf(value: bigint): string {
  return value.toString(16).padStart(32, '0');
}
