/** A 32-bit hash of (seed, row): the finaliser of MurmurHash3 over both. */
export function mix(seed: number, row: number): number {
  let h = Math.imul(seed | 0, 0x9e3779b1) ^ (row | 0) ^ Math.imul(Math.floor(row / 2 ** 32), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}

/** 53 random bits as a whole number. */
export function wide(seed: number, row: number): number {
  return (mix(seed ^ 0x5bd1e995, row) & 0x1fffff) * 2 ** 32 + (mix(seed, row) >>> 0);
}

/** In [0, 1). */
export function unit(seed: number, row: number): number {
  return wide(seed, row) / 2 ** 53;
}

/** A whole number in `min … max`, whatever its size. */
export function between(seed: number, row: number, min: bigint, max: bigint): bigint {
  const span = max - min + 1n;
  if (span <= 2n ** 53n) return min + BigInt(Math.floor(unit(seed, row) * Number(span)));
  let bits = 0n;
  for (let i = 0; i < 6; i++) bits = (bits << 32n) | BigInt(mix(seed + 0x3c6ef372 * (i + 1), row) >>> 0);
  return min + (bits % span);
}

/** Another seed for a part of a value. */
export function partSeed(seed: number, n: number): number {
  return Math.imul(seed + n + 1, 0x9e3779b1);
}
