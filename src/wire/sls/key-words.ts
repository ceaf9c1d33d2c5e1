import { encodeUtf8 } from '../../columnar/byte-slice.ts';

/** A key as `sameKey` takes it. */
export function keyOf(text: string): DataView {
  return new DataView(Uint8Array.from(encodeUtf8(text)).buffer);
}

/**
 * Whether the key of `length` bytes at `at` is this one. Compared in words of four bytes, of which the last may overlap the one
 * before: byte by byte it was a fifth of the time of a scan. The body holds all of `at … at + length`.
 */
export function sameKey(key: DataView, body: DataView, at: number, length: number): boolean {
  if (key.byteLength !== length) return false;
  const last = length - 4;
  if (last < 0) {
    for (let i = 0; i < length; i++) if (key.getUint8(i) !== body.getUint8(at + i)) return false;
    return true;
  }
  for (let i = 0; i < last; i += 4) if (key.getInt32(i, true) !== body.getInt32(at + i, true)) return false;
  return key.getInt32(last, true) === body.getInt32(at + last, true);
}
