import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { BIGINT, INT } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';

/** Hive's default seed, which Blink uses. */
const SEED = 104729;
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

function mixWord(word: number): number {
  const k = Math.imul(word, C1);
  return Math.imul((k << 15) | (k >>> 17), C2);
}

/** Murmur3, 32 bits. */
function murmur32(bytes: Uint8Array, offset: number, length: number): number {
  let hash = SEED;
  const tail = offset + (length & ~3);
  for (let at = offset; at < tail; at += 4) {
    hash ^= mixWord(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let word = 0;
  for (let i = (length & 3) - 1; i >= 0; i--) word = (word << 8) | bytes[tail + i]!;
  if ((length & 3) > 0) hash ^= mixWord(word);
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

const MASK = 0xffffffffffffffffn;

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}

function mixLong(value: bigint): bigint {
  return (rotate((value * 0x87c37b91114253d5n) & MASK, 31n) * 0x4cf5ad432745937fn) & MASK;
}

/** Hive's 64-bit Murmur3: one lane of the 128-bit form. */
function murmur64(bytes: Uint8Array, offset: number, length: number): bigint {
  let hash = BigInt(SEED);
  const tail = offset + (length & ~7);
  const word = (at: number, count: number): bigint => {
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
    return value;
  };
  for (let at = offset; at < tail; at += 8) {
    hash ^= mixLong(word(at, 8));
    hash = (rotate(hash, 27n) * 5n + 0x52dce729n) & MASK;
  }
  if ((length & 7) > 0) hash ^= mixLong(word(tail, length & 7));
  hash ^= BigInt(length);
  hash = ((hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn) & MASK;
  hash = ((hash ^ (hash >> 33n)) * 0xc4ceb9fe1a85ec53n) & MASK;
  return BigInt.asIntN(64, hash ^ (hash >> 33n));
}

const murmurHash = scalar({
  name: 'MURMUR_HASH',
  category: 'hash',
  syntax: ['MURMUR_HASH(value)'],
  doc: 'The 32-bit Murmur3 hash of the text of the value.',
  examples: [{ sql: `MURMUR_HASH('test')`, gives: '271330425' }],
  overloads: [
    {
      params: ['any-text'],
      returns: INT,
      kernel: (text: ByteSlice) => murmur32(text.bytes, text.offset, text.length),
    },
  ],
});

const murmurHash64 = scalar({
  name: 'MURMUR_HASH_64',
  category: 'hash',
  syntax: ['MURMUR_HASH_64(value)'],
  doc: 'The 64-bit Murmur3 hash of the text of the value.',
  examples: [{ sql: `MURMUR_HASH_64('test')`, gives: '5010266691562018262' }],
  overloads: [
    {
      params: ['any-text'],
      returns: BIGINT,
      // slow: 64-bit products on BigInt.
      kernel: (text: ByteSlice) => murmur64(text.bytes, text.offset, text.length),
    },
  ],
});

export const murmurHashes = [murmurHash, murmurHash64];
