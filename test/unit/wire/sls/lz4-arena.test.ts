import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Lz4Arena } from '../../../../src/wire/sls/lz4-arena.ts';
import { compressLz4, compressLz4Js, decompressLz4Js } from '../../../../src/wire/sls/lz4.ts';

/** Runs of every short distance, long literals, long matches. */
const bodies = [
  'a',
  'hello hello hello hello hello',
  'x'.repeat(100_000),
  ...Array.from({ length: 40 }, (_, i) => 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH'.slice(0, i + 1).repeat(60)),
  Array.from({ length: 3000 }, (_, i) => `key${i % 37}=value${i * i}`).join(' '),
]
  .map((text) => Buffer.from(text))
  .concat(
    randomBytes(10_000),
    Buffer.concat([randomBytes(70), Buffer.alloc(300, 7), randomBytes(300), Buffer.alloc(5000)]),
  );

describe('the LZ4 arena', () => {
  it('expands what both compressors write', () => {
    const arena = new Lz4Arena();
    for (const raw of bodies) {
      for (const block of [compressLz4(raw), compressLz4Js(raw)]) {
        const loan = arena.decompress(block, raw.length);
        expect(loan !== undefined && raw.equals(loan.bytes)).toBe(true);
        loan?.release();
      }
    }
  });

  it('overwrites only what was given back', () => {
    const arena = new Lz4Arena();
    const [a, b] = [Buffer.alloc(1000, 'a'), Buffer.alloc(1000, 'b')];
    const kept = arena.decompress(compressLz4(a), 1000);
    const given = arena.decompress(compressLz4(a), 1000);
    given?.release();
    given?.release();
    const next = [arena.decompress(compressLz4(b), 1000), arena.decompress(compressLz4(b), 1000)];
    expect(kept !== undefined && a.equals(kept.bytes)).toBe(true);
    expect(given?.bytes.buffer).toBe(next[0]?.bytes.buffer);
    expect(next[1]?.bytes.buffer).not.toBe(next[0]?.bytes.buffer);
  });

  it('takes no block of another size, none that is cut, and none too large for it', () => {
    const arena = new Lz4Arena();
    const raw = bodies.at(-3) ?? Buffer.alloc(0);
    const block = compressLz4(raw);
    for (const size of [0, raw.length - 1, raw.length + 1, 64 << 20]) {
      expect(arena.decompress(block, size)).toBeUndefined();
    }
    for (let length = 0; length < block.length; length += 7) {
      expect(arena.decompress(block.subarray(0, length), raw.length)).toBeUndefined();
    }
  });

  it('agrees with the JavaScript decoder about damaged blocks', () => {
    const arena = new Lz4Arena();
    const raw = Buffer.from(Array.from({ length: 60 }, (_, i) => `key${i % 7}=value${i * i}`).join(' '));
    const block = compressLz4(raw);
    const disagreed: string[] = [];
    for (let at = 0; at < block.length; at++) {
      for (const change of [1, 16, 255]) {
        const damaged = Uint8Array.from(block);
        damaged[at]! ^= change;
        let expected: Uint8Array | undefined;
        try {
          expected = decompressLz4Js(damaged, raw.length);
        } catch {
          expected = undefined;
        }
        const loan = arena.decompress(damaged, raw.length);
        const same =
          loan === undefined
            ? expected === undefined
            : expected !== undefined && Buffer.compare(loan.bytes, expected) === 0;
        if (!same) disagreed.push(`byte ${at} ^ ${change}`);
        loan?.release();
      }
    }
    expect(disagreed).toEqual([]);
  });
});
