/** The 128-bit value at row `row` of a (low, high) word array. */
export function readI128(words: BigInt64Array, row: number): bigint {
  return (words[row * 2 + 1]! << 64n) | BigInt.asUintN(64, words[row * 2]!);
}

/** Stores a value of at most 128 bits at row `row`; higher bits are cut. */
export function writeI128(words: BigInt64Array, row: number, value: bigint): void {
  words[row * 2] = BigInt.asIntN(64, value);
  words[row * 2 + 1] = BigInt.asIntN(64, value >> 64n);
}
