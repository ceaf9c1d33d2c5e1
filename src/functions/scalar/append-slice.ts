import type { ByteSlice } from '../../columnar/byte-slice.ts';

/** Copies the bytes of a slice to `at`; returns the place behind them. */
export function appendSlice(target: Uint8Array, at: number, slice: ByteSlice): number {
  const { bytes, offset, length } = slice;
  if (length <= 32) for (let i = 0; i < length; i++) target[at + i] = bytes[offset + i]!;
  else target.set(bytes.subarray(offset, offset + length), at);
  return at + length;
}
