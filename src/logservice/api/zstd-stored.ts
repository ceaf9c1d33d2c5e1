const BLOCK_BYTES = 128 << 10;

/**
 * A zstd frame that holds the bytes as they are, for clients that read only zstd where this Node version cannot
 * write it.
 * @source RFC 8878: magic, descriptor (single segment, 4-byte size), raw blocks of at most 128 KiB
 */
export function storedZstd(raw: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(raw.length / BLOCK_BYTES));
  const frame = Buffer.alloc(9 + 3 * blocks + raw.length);
  frame.writeUInt32LE(0xfd2fb528, 0);
  frame[4] = 0b1010_0000;
  frame.writeUInt32LE(raw.length, 5);
  let to = 9;
  for (let i = 0; i < blocks; i++) {
    const block = raw.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES);
    to = frame.writeUIntLE((block.length << 3) | (i === blocks - 1 ? 1 : 0), to, 3);
    frame.set(block, to);
    to += block.length;
  }
  return frame;
}
