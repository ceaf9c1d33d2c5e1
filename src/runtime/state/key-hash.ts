/** Start of every hash. */
export const HASH_SEED = 0x2545f491;

/** Takes one more word into a hash. */
export function mixWord(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** Spreads a hash over all 32 bits (the finalizer of MurmurHash3): first and last bits both address the index. */
export function finishHash(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
