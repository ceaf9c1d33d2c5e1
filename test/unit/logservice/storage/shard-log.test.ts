import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BlockBudget } from '../../../../src/logservice/storage/memory-blocks.ts';
import { spliceRecords } from '../../../../src/logservice/storage/lz4-splice.ts';
import { ShardLog, type ShardLogOptions } from '../../../../src/logservice/storage/shard-log.ts';
import { encodeLogTag } from '../../../../src/wire/sls/encode-log-group.ts';
import { compressLz4, decompressLz4 } from '../../../../src/wire/sls/lz4.ts';
import { cutGroups, sampleGroup } from '../raw-client.ts';

const root = mkdtempSync(join(tmpdir(), 'sluice-shard-log-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

function optionsFor(change: Partial<ShardLogOptions> = {}): ShardLogOptions & { readonly folder: string } {
  const folder = join(root, `shard-${folders++}`);
  const budget = new BlockBudget(1 << 30);
  return { budget, fsync: 'always', segmentBytes: 1 << 20, log: () => undefined, ...change, folder };
}

function append(log: ShardLog, name: string, sec = 1_700_000_000): Promise<void> {
  const raw = sampleGroup(name);
  const tags = (time: number): Uint8Array => encodeLogTag('__receive_time__', String(time));
  return log.append({ block: compressLz4(raw), rawBytes: raw.length, tags, receiveTimeSec: sec });
}

async function namesIn(log: ShardLog): Promise<string[]> {
  if (log.firstOrdinal === log.endOrdinal) return [];
  const slice = await log.read(log.firstOrdinal, log.endOrdinal);
  const list = Buffer.from(decompressLz4(spliceRecords(slice), slice.rawBytes));
  return cutGroups(list).map((group) => /name\x12.(g\d+)/.exec(group.toString('latin1'))?.[1] ?? '?');
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `g${i}`);

describe('ShardLog', () => {
  it('gives back what was acknowledged after another open', async () => {
    const options = optionsFor();
    const log = await ShardLog.open(options);
    await Promise.all(names(50).map((name) => append(log, name)));
    await log.close();
    const again = await ShardLog.open(options);
    expect(await namesIn(again)).toEqual(names(50));
    await append(again, 'g50');
    expect(await namesIn(again)).toEqual(names(51));
    await again.close();
  });

  it('cuts a torn tail wherever the last record breaks off, with a log line, and goes on behind it', async () => {
    const options = optionsFor();
    const log = await ShardLog.open(options);
    for (const name of names(3)) await append(log, name);
    await log.close();
    const file = join(options.folder, readdirSync(options.folder)[0] ?? '');
    const whole = readFileSync(file);
    const before = await ShardLog.open({ ...options, folder: options.folder });
    const lastRecord = before.storedBytes / 3;
    await before.close();
    expect(Number.isInteger(lastRecord)).toBe(true);
    for (let missing = 1; missing <= lastRecord; missing++) {
      writeFileSync(file, whole);
      truncateSync(file, whole.length - missing);
      const lines: string[] = [];
      const torn = await ShardLog.open({ ...options, log: (line) => lines.push(line) });
      expect(await namesIn(torn)).toEqual(names(2));
      expect(lines).toEqual(
        missing === lastRecord
          ? []
          : [
              `cut ${lastRecord - missing} bytes of an unfinished write at byte ${whole.length - lastRecord} of ${file}`,
            ],
      );
      await append(torn, 'g2');
      await torn.close();
      const mended = await ShardLog.open(options);
      expect(await namesIn(mended)).toEqual(names(3));
      await mended.close();
    }
  });

  it('cuts a last record any byte of which is wrong', async () => {
    const options = optionsFor();
    const log = await ShardLog.open(options);
    for (const name of names(2)) await append(log, name);
    const recordBytes = log.storedBytes / 2;
    await log.close();
    const file = join(options.folder, readdirSync(options.folder)[0] ?? '');
    const whole = readFileSync(file);
    for (let at = whole.length - recordBytes; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] = bytes[at]! ^ 0x10;
      writeFileSync(file, bytes);
      const torn = await ShardLog.open(options);
      expect(await namesIn(torn)).toEqual(['g0']);
      await torn.close();
    }
  });

  it('refuses a file that is damaged before the last one', async () => {
    const options = optionsFor({ segmentBytes: 200 });
    const log = await ShardLog.open(options);
    for (const name of names(6)) await append(log, name);
    await log.close();
    const files = readdirSync(options.folder)
      .filter((name) => name.endsWith('.seg'))
      .sort();
    expect(files.length).toBeGreaterThan(2);
    const file = join(options.folder, files[0] ?? '');
    const bytes = readFileSync(file);
    bytes[40] = bytes[40]! ^ 1;
    writeFileSync(file, bytes);
    // The clock of files ticks slowly.
    utimesSync(file, 1_700_000_000, 1_700_000_000);
    await expect(ShardLog.open(options)).rejects.toMatchObject({
      code: 'LOGSERVICE_FAILED',
      message: `segment file "${file}" is damaged at byte 16`,
    });
  });

  it('opens finished files by their indexes, and finds damage in them when it reads', async () => {
    const options = optionsFor({ segmentBytes: 200, budget: new BlockBudget(1) });
    const log = await ShardLog.open(options);
    for (const name of names(6)) await append(log, name);
    await log.close();
    const file = join(
      options.folder,
      readdirSync(options.folder)
        .sort()
        .find((name) => name.endsWith('.seg')) ?? '',
    );
    const touch = (): void => utimesSync(file, 1_700_000_000, 1_700_000_000);
    touch();
    // Reads the file, which is not of the time in its index, and writes the index anew.
    await (await ShardLog.open(options)).close();
    const bytes = readFileSync(file);
    bytes[60] = bytes[60]! ^ 1;
    writeFileSync(file, bytes);
    touch();
    const again = await ShardLog.open(options);
    expect(again.endOrdinal).toBe(6);
    await expect(async () => again.read(0, 1)).rejects.toThrow(`segment file "${file}" is damaged at byte 16`);
    await again.close();
  });

  it('reads the files where their indexes are missing, cut or wrong', async () => {
    const options = optionsFor({ segmentBytes: 200 });
    const log = await ShardLog.open(options);
    for (const name of names(6)) await append(log, name);
    await log.close();
    const index = join(options.folder, '0000000000000000.idx');
    const good = readFileSync(index);
    const wrong = Buffer.from(good);
    wrong[44] = wrong[44]! ^ 1;
    for (const bytes of [wrong, good.subarray(0, 41), good.subarray(0, 5), Buffer.alloc(0), undefined]) {
      if (bytes === undefined) rmSync(index);
      else writeFileSync(index, bytes);
      const again = await ShardLog.open(options);
      expect(await namesIn(again)).toEqual(names(6));
      await again.close();
      expect(readFileSync(index)).toEqual(good);
    }
  });

  it('reads from disk what no longer fits in memory, across segments', async () => {
    const options = optionsFor({ segmentBytes: 3000, budget: new BlockBudget(70_000) });
    const log = await ShardLog.open(options);
    for (const name of names(200)) await append(log, name);
    expect(options.budget.usedBytes).toBeLessThan(200_000);
    expect(await namesIn(log)).toEqual(names(200));
    await log.close();
  });

  it('drops what is older than asked and keeps counting, also after a restart with nothing left', async () => {
    const options = optionsFor({ segmentBytes: 400 });
    const log = await ShardLog.open(options);
    for (const [i, name] of names(10).entries()) await append(log, name, 1000 + i);
    expect(await log.dropReceivedBefore(1004)).toBe(4);
    expect(await namesIn(log)).toEqual(names(10).slice(4));
    expect(log.firstAtOrAfter(0)).toBe(4);
    expect(log.firstAtOrAfter(1007)).toBe(7);
    expect(log.firstAtOrAfter(9999)).toBe(10);
    expect(await log.dropReceivedBefore(5000)).toBe(6);
    expect(readdirSync(options.folder)).toEqual(['0000000000000010.seg']);
    await log.close();
    const again = await ShardLog.open(options);
    expect([again.firstOrdinal, again.endOrdinal]).toEqual([10, 10]);
    await append(again, 'g10', 6000);
    expect(await namesIn(again)).toEqual(['g10']);
    await again.close();
  });

  it('takes nothing after it was closed: its files may be those of another process by then', async () => {
    const options = optionsFor();
    const log = await ShardLog.open(options);
    await append(log, 'g0');
    await log.close();
    await expect(append(log, 'g1')).rejects.toThrow('the log of the shard is closed');
    const again = await ShardLog.open(options);
    expect(await namesIn(again)).toEqual(['g0']);
    await again.close();
  });

  it('does not turn receive times back when the clock does', async () => {
    const log = await ShardLog.open(optionsFor());
    await append(log, 'g0', 2000);
    await append(log, 'g1', 1990);
    expect([log.receiveTimeOf(0), log.receiveTimeOf(1)]).toEqual([2000, 2000]);
    await log.close();
  });

  it('drains what was accepted before, while more keeps coming', async () => {
    const log = await ShardLog.open(optionsFor());
    let stop = false;
    const writer = (async (): Promise<void> => {
      for (let i = 0; !stop; i++) await append(log, `g${i}`);
    })();
    const other = (async (): Promise<void> => {
      for (let i = 0; !stop; i++) await append(log, `g${i}`);
    })();
    for (let i = 0; i < 5; i++) {
      const accepted = append(log, 'mine');
      const before = log.endOrdinal;
      await log.drain();
      expect(log.endOrdinal).toBeGreaterThan(before);
      await accepted;
    }
    stop = true;
    await Promise.all([writer, other]);
    await log.close();
  });

  it('acknowledges nothing that the disk refuses and shows none of it', async () => {
    const lines: string[] = [];
    const options = optionsFor({ log: (line) => lines.push(line) });
    const log = await ShardLog.open(options);
    symlinkSync('/dev/full', join(options.folder, '0000000000000000.seg'));
    const results = await Promise.allSettled([append(log, 'g0'), append(log, 'g1')]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(log.endOrdinal).toBe(0);
    expect(lines).toEqual(['writing a segment failed: ENOSPC: no space left on device, write']);
    await log.close();
  });
});
