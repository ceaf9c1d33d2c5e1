import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compress, decompress, canCompressZstd, compressionNamed } from '../../../../src/wire/sls/compression.ts';
import { decodeCursor, encodeCursor } from '../../../../src/wire/sls/cursor.ts';
import {
  adjustedHashKey,
  evenHashRanges,
  hashKeyOf,
  inHashRange,
  middleHash,
} from '../../../../src/wire/sls/hash-key.ts';
import {
  compressLz4,
  compressLz4Js,
  decompressLz4,
  decompressLz4Js,
  LZ4_HEADROOM,
} from '../../../../src/wire/sls/lz4.ts';
import { encodeLogGroup, encodeLogGroupList } from '../../../../src/wire/sls/encode-log-group.ts';
import { decodeLogGroup, scanLogGroup, splitLogGroupList } from '../../../../src/wire/sls/scan-log-group.ts';

const texts = [
  '',
  'a',
  'hello hello hello hello hello',
  'x'.repeat(100_000),
  Array.from({ length: 3000 }, (_, i) => `key${i % 37}=value${i * i}`).join(' '),
];
const bodies = [...texts.map((text) => Buffer.from(text)), randomBytes(10_000)];

describe('LZ4 blocks', () => {
  it('come back whole through every pair of compressor and decompressor', () => {
    for (const raw of bodies) {
      for (const block of [compressLz4(raw), compressLz4Js(raw)]) {
        expect(Buffer.from(decompressLz4(block, raw.length)).equals(raw)).toBe(true);
        expect(Buffer.from(decompressLz4Js(block, raw.length)).equals(raw)).toBe(true);
      }
    }
  });

  it('need no copy where the caller leaves room in front', () => {
    const raw = bodies[4] ?? Buffer.alloc(0);
    const block = compressLz4Js(raw);
    const roomy = new Uint8Array(block.length + LZ4_HEADROOM);
    roomy.set(block, LZ4_HEADROOM);
    const read = decompressLz4(roomy.subarray(LZ4_HEADROOM), raw.length, { headroom: true });
    expect(Buffer.from(read).equals(raw)).toBe(true);
  });

  it('refuse an announced size that the block cannot hold, before allocating', () => {
    const block = compressLz4Js(Buffer.from('hello'));
    for (const read of [decompressLz4, decompressLz4Js]) {
      expect(() => read(block, 4_000_000_000)).toThrow(/above|cannot expand/);
      expect(() => read(block, 200_000_000)).toThrow('cannot expand');
      expect(() => read(block, -1)).toThrow('not a number of bytes');
      expect(() => read(block, 4)).toThrow(expect.objectContaining({ code: 'SLS_BODY_CORRUPT' }));
      expect(() => read(block, 6)).toThrow(expect.objectContaining({ code: 'SLS_BODY_CORRUPT' }));
    }
  });

  it('that are cut or changed anywhere give an error or the right number of bytes, never a crash', () => {
    const raw = Buffer.from(texts[4] ?? '');
    const block = compressLz4Js(raw);
    for (let cut = 0; cut < block.length; cut += 7) {
      for (const read of [decompressLz4, decompressLz4Js]) {
        expect(() => read(block.slice(0, cut), raw.length)).toThrow(
          expect.objectContaining({ code: 'SLS_BODY_CORRUPT' }),
        );
      }
    }
    for (let at = 0; at < block.length; at += 5) {
      const changed = block.slice();
      changed[at] = changed[at]! ^ 0x5a;
      try {
        expect(decompressLz4Js(changed, raw.length).length).toBe(raw.length);
      } catch (error) {
        expect(error).toMatchObject({ code: 'SLS_BODY_CORRUPT' });
      }
    }
  });
});

describe('compression by name', () => {
  it('reads what it writes', () => {
    const raw = bodies[4] ?? Buffer.alloc(0);
    for (const name of ['lz4', 'deflate', ...(canCompressZstd() ? ['zstd' as const] : [])] as const) {
      expect(Buffer.from(decompress(name, compress(name, raw), raw.length)).equals(raw)).toBe(true);
      expect(() => decompress(name, compress(name, raw), raw.length - 1)).toThrow();
      expect(() => decompress(name, compress(name, raw), raw.length + 1)).toThrow();
    }
    expect(compressionNamed('LZ4 ')).toBe('lz4');
    expect(compressionNamed('gzip')).toBeUndefined();
  });

  it('reads a zstd frame on every Node version', () => {
    // A single-segment frame of 5 bytes with one raw block, without checksum (RFC 8878).
    const plain = Buffer.from('28b52ffd2005290000' + Buffer.from('hello').toString('hex'), 'hex');
    expect(Buffer.from(decompress('zstd', plain, 5)).toString()).toBe('hello');
    expect(() => decompress('zstd', plain, 4)).toThrow(expect.objectContaining({ code: 'SLS_BODY_CORRUPT' }));
    expect(() => decompress('zstd', plain.subarray(0, 10), 5)).toThrow(
      expect.objectContaining({ code: 'SLS_BODY_CORRUPT' }),
    );
  });
});

describe('cursors', () => {
  it('are the base64 of their decimal text', () => {
    expect(encodeCursor(1729070618428044655n)).toBe('MTcyOTA3MDYxODQyODA0NDY1NQ==');
    expect(decodeCursor('MTU0NzQ3MDY4MjM3NjUxMzQ0Ng==')).toBe(1547470682376513446n);
    expect(decodeCursor(encodeCursor(0n))).toBe(0n);
  });

  it('are read without padding and with white space, and refused otherwise', () => {
    expect(decodeCursor(' MTU0NzQ3MDY4MjM3NjUxMzQ0Ng==\n')).toBe(1547470682376513446n);
    expect(decodeCursor('MTU0NzQ3MDY4MjM3NjUxMzQ0Ng')).toBe(1547470682376513446n);
    for (const bad of ['', 'abc', '!!!', encodeCursor(-5n), encodeCursor(2n ** 63n), 'MTU0 NzQ3']) {
      expect(decodeCursor(bad)).toBeUndefined();
    }
  });
});

describe('hash keys', () => {
  it('adjust to buckets as the producers do', () => {
    expect(adjustedHashKey('127.0.0.1', 2)).toBe('8'.padEnd(32, '0'));
    expect(adjustedHashKey('127.0.0.1', 64)).toBe('f4'.padEnd(32, '0'));
    expect(adjustedHashKey('127.0.0.1', 256)).toBe('f5'.padEnd(32, '0'));
    expect(adjustedHashKey('192.168.0.2', 64)).toBe('6c'.padEnd(32, '0'));
    expect(adjustedHashKey('192.168.0.2', 256)).toBe('6f'.padEnd(32, '0'));
    expect(adjustedHashKey('192.168.0.2', 1)).toBe('0'.repeat(32));
  });

  it('fall into exactly one of the even ranges', () => {
    const ranges = evenHashRanges(3);
    expect(ranges[0]).toEqual({ begin: '0'.repeat(32), end: '5'.repeat(32) });
    for (const key of ['0'.repeat(32), 'F'.repeat(32), hashKeyOf('a'), '5'.repeat(32)]) {
      expect(ranges.filter((range) => inHashRange(key, range)).length).toBe(1);
    }
    expect(middleHash({ begin: '0'.repeat(32), end: 'f'.repeat(32) })).toBe('8'.padEnd(32, '0'));
  });
});

describe('log groups', () => {
  const group = {
    topic: 't',
    source: '10.0.0.1',
    machineUuid: undefined,
    tags: [['__pack_id__', 'A-1']] as [string, string][],
    logs: [
      { time: 1, timeNs: 999_999_999, contents: [] as [string, string][] },
      { time: 4294967295, timeNs: undefined, contents: [['k', 'v'.repeat(20_000)]] as [string, string][] },
      { time: 7, timeNs: undefined, contents: [['short', '']] as [string, string][] },
    ],
  };

  it('come back whole, whatever the length of a log', () => {
    const bytes = encodeLogGroup(group);
    expect(decodeLogGroup(bytes)).toEqual(group);
    expect(scanLogGroup(bytes)).toEqual({
      logCount: 3,
      minTimeSec: 1,
      maxTimeSec: 4294967295,
      topic: 't',
      source: '10.0.0.1',
    });
    expect(splitLogGroupList(encodeLogGroupList([bytes, bytes])).map((one) => decodeLogGroup(one))).toEqual([
      group,
      group,
    ]);
  });

  it('that are cut inside a field are refused', () => {
    const bytes = encodeLogGroup({ ...group, logs: group.logs.slice(2), tags: [], source: undefined });
    const fieldEnds = new Set([bytes.length - 3, bytes.length]);
    for (let cut = 1; cut < bytes.length; cut++) {
      if (fieldEnds.has(cut)) continue;
      expect(() => scanLogGroup(bytes.subarray(0, cut))).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^SLS_BODY_/) as string }),
      );
    }
  });

  it('without a Time are refused', () => {
    expect(() => scanLogGroup(Buffer.from('0a0812060a016b120176', 'hex'))).toThrow('a log has no Time');
  });
});
