import { describe, expect, it } from 'vitest';
import { compressLz4, decompressLz4, decompressLz4Js } from '../../../../src/wire/sls/lz4.ts';
import { spliceRecords } from '../../../../src/logservice/storage/lz4-splice.ts';
import { BlockBudget } from '../../../../src/logservice/storage/memory-blocks.ts';
import { ShardLog } from '../../../../src/logservice/storage/shard-log.ts';
import { cutGroups, receiveTimeTag, sampleGroup } from '../raw-client.ts';
import { encodeLogTag } from '../../../../src/wire/sls/encode-log-group.ts';

const options = {
  folder: undefined,
  budget: new BlockBudget(1 << 30),
  fsync: 'always' as const,
  segmentBytes: 1 << 20,
  log: () => undefined,
};

/** One LZ4 sequence of literals alone, as Go writes what does not compress. */
function literalBlock(raw: Uint8Array): Uint8Array {
  const head: number[] = [];
  if (raw.length < 15) head.push(raw.length << 4);
  else {
    head.push(0xf0);
    let rest = raw.length - 15;
    for (; rest >= 255; rest -= 255) head.push(255);
    head.push(rest);
  }
  return Buffer.concat([Uint8Array.from(head), raw]);
}

async function spliced(groups: readonly { raw: Uint8Array; block: Uint8Array }[]): Promise<void> {
  const log = await ShardLog.open(options);
  for (const { raw, block } of groups) {
    await log.append({
      block,
      rawBytes: raw.length,
      receiveTimeSec: 1_700_000_000,
      tags: (sec) => encodeLogTag('__receive_time__', String(sec)),
    });
  }
  for (let from = 0; from < groups.length; from++) {
    const slice = await log.read(from, groups.length);
    const block = spliceRecords(slice);
    const list = decompressLz4(block, slice.rawBytes);
    expect(Buffer.compare(decompressLz4Js(block, slice.rawBytes), list)).toBe(0);
    const expected = groups.slice(from).map(({ raw }) => Buffer.concat([raw, receiveTimeTag(1_700_000_000)]));
    const found = cutGroups(Buffer.from(list));
    expect(found.length).toBe(expected.length);
    for (const [i, group] of found.entries()) expect(group.equals(expected[i]!)).toBe(true);
  }
}

describe('splicing LZ4 blocks', () => {
  it('joins compressed groups of many sizes into one block that both decompressors read', async () => {
    const groups = [1, 2, 3, 10, 100, 1000, 5].map((count, i) => {
      const raw = sampleGroup(`g${i}`, count);
      return { raw, block: compressLz4(raw) };
    });
    await spliced(groups);
  });

  it('joins groups that did not compress with such that did', async () => {
    const groups = Array.from({ length: 12 }, (_, i) => {
      const raw = sampleGroup(`g${i}`.repeat(i + 1), (i % 3) * 7 + 1);
      return { raw, block: i % 2 === 0 ? literalBlock(raw) : compressLz4(raw) };
    });
    await spliced(groups);
    await spliced(groups.filter((_, i) => i % 2 === 0));
  });

  it('takes a block that ends in a match and one of a single byte', async () => {
    // `abcd` and a match of 12 bytes, four behind; no closing literals.
    const endsInMatch = Uint8Array.from([0x48, 97, 98, 99, 100, 4, 0]);
    await spliced([
      { raw: Buffer.from('abcd'.repeat(4)), block: endsInMatch },
      { raw: Buffer.from('x'), block: literalBlock(Buffer.from('x')) },
      { raw: Buffer.from('abcd'.repeat(4)), block: endsInMatch },
    ]);
  });
});
