import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeVarint } from '../../wire/sls/encode-log-group.ts';
import { dissectLz4, type LogSlice } from './lz4-splice.ts';
import { MemoryBlocks, type BlockBudget } from './memory-blocks.ts';
import { checkRecord, RECORD_HEADER_BYTES, sealRecord } from './record.ts';
import { RecordIndex } from './record-index.ts';
import { damaged, loadSegments, SEGMENT_HEADER_BYTES, SegmentFile } from './segment-file.ts';
import { writeSegmentIndex } from './segment-index.ts';
import { syncFolder } from './sync-folder.ts';

/** `always`: a put is acknowledged when it is on the disk; `interval`: when the system has it, synced by a timer. */
export type FsyncPolicy = 'always' | 'interval';

export interface ShardLogOptions {
  /** Absent: memory only. */
  readonly folder: string | undefined;
  readonly budget: BlockBudget;
  readonly fsync: FsyncPolicy;
  readonly segmentBytes: number;
  readonly log: (line: string) => void;
}

/** One LogGroup as it arrived: an LZ4 block of `rawBytes`, and the tags the server adds behind it (never empty). */
export interface StoredGroup {
  readonly block: Uint8Array;
  readonly rawBytes: number;
  readonly tags: (receiveTimeSec: number) => Uint8Array;
  readonly receiveTimeSec: number;
}

interface Waiter {
  readonly ordinal: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * The groups of one shard in the order they were accepted. Readers see a group when it is as durable as the policy
 * promises, so that no cursor ever names a group that a crash takes back.
 */
export class ShardLog {
  readonly #options: ShardLogOptions;
  readonly #blocks: MemoryBlocks;
  #index: RecordIndex;
  #segments: SegmentFile[];
  #position = 0;
  #durablePosition = 0;
  #durableOrdinal = 0;
  #waiters: Waiter[] = [];
  #flushing: Promise<void> | undefined;
  #closed = false;

  private constructor(options: ShardLogOptions, index: RecordIndex, segments: SegmentFile[]) {
    this.#options = options;
    this.#index = index;
    this.#segments = segments;
    this.#position = segments.at(-1)?.end ?? 0;
    this.#durablePosition = this.#position;
    this.#durableOrdinal = index.nextOrdinal;
    this.#blocks = new MemoryBlocks(
      options.budget,
      (position) => options.folder !== undefined && position <= this.#durablePosition,
    );
  }

  static async open(options: ShardLogOptions): Promise<ShardLog> {
    let index = new RecordIndex(0);
    if (options.folder === undefined) return new ShardLog(options, index, []);
    await mkdir(options.folder, { recursive: true });
    await syncFolder(dirname(options.folder));
    const segments = await loadSegments(options.folder, (first) => (index = new RecordIndex(first)), options.log);
    return new ShardLog(options, index, segments);
  }

  /** Oldest ordinal still kept. */
  get firstOrdinal(): number {
    return this.#index.firstOrdinal;
  }

  /** The ordinal behind the last readable group. */
  get endOrdinal(): number {
    return this.#durableOrdinal;
  }

  /** Bytes kept, as stored. */
  get storedBytes(): number {
    return this.#durableOrdinal === this.firstOrdinal
      ? 0
      : this.#durablePosition - this.#index.positionOf(this.firstOrdinal);
  }

  /** Epoch seconds of a readable group. */
  receiveTimeOf(ordinal: number): number {
    return this.#index.receiveTimeOf(ordinal);
  }

  /** The first readable ordinal received at or after a time, else the end. */
  firstAtOrAfter(timeSec: number): number {
    return this.#index.firstAtOrAfter(timeSec, this.#durableOrdinal);
  }

  /** Takes a group; the promise is the acknowledgement. A clock that steps back does not turn receive times back. */
  append(group: StoredGroup): Promise<void> {
    // A request that outlasted the service: the files are closed, and perhaps another process has them.
    if (this.#closed) return Promise.reject(new Error('the log of the shard is closed'));
    const parts = dissectLz4(group.block);
    const ordinal = this.#index.nextOrdinal;
    const before = ordinal > this.firstOrdinal ? this.#index.receiveTimeOf(ordinal - 1) : 0;
    const receiveTimeSec = Math.max(before, group.receiveTimeSec);
    const tags = group.tags(receiveTimeSec);
    const entryBytes = group.rawBytes + tags.length;
    const prefix = Buffer.alloc(6);
    prefix[0] = 0x0a;
    const prefixBytes = writeVarint(prefix, 1, entryBytes);
    const headBytes = prefixBytes + parts.headEnd - parts.headStart;
    const tailBytes = group.block.length - parts.tailStart + tags.length;
    const payloadBytes = headBytes + (parts.middleEnd - parts.headEnd) + tailBytes;
    const recordBytes = RECORD_HEADER_BYTES + payloadBytes;

    const fresh = this.#rollIfFull(ordinal);
    const block = this.#blocks.roomFor(recordBytes, this.#position, fresh);
    const at = block.end - block.start;
    let to = at + RECORD_HEADER_BYTES;
    block.bytes.set(prefix.subarray(0, prefixBytes), to);
    to += prefixBytes;
    block.bytes.set(group.block.subarray(parts.headStart, parts.middleEnd), to);
    to += parts.middleEnd - parts.headStart;
    block.bytes.set(group.block.subarray(parts.tailStart), to);
    to += group.block.length - parts.tailStart;
    block.bytes.set(tags, to);
    const rawBytes = prefixBytes + entryBytes;
    const { matchNibble } = parts;
    sealRecord(block.bytes, at, { payloadBytes, receiveTimeSec, rawBytes, headBytes, tailBytes, ordinal, matchNibble });
    this.#index.push(this.#position, receiveTimeSec, rawBytes);
    block.end += recordBytes;
    this.#position += recordBytes;

    const segment = this.#segments.at(-1);
    if (segment === undefined) {
      this.#durablePosition = this.#position;
      this.#durableOrdinal = ordinal + 1;
      return Promise.resolve();
    }
    segment.end = this.#position;
    return new Promise((resolve, reject) => {
      this.#waiters.push({ ordinal, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** How many groups from `from` fit below `to` and the byte cap; at least one where there is one. */
  endOfRead(from: number, to: number, maxRawBytes: number): number {
    let rawBytes = 0;
    let ordinal = from;
    while (ordinal < to) {
      rawBytes += this.#index.rawBytesOf(ordinal);
      if (rawBytes > maxRawBytes && ordinal > from) break;
      ordinal++;
    }
    return ordinal;
  }

  /** The records [from, to) from memory or, where it no longer has them, from disk. */
  read(from: number, to: number): LogSlice | Promise<LogSlice> {
    const slice = { bytes: [] as Buffer[], offsets: [] as number[], rawBytes: 0 };
    for (let ordinal = from; ordinal < to; ordinal++) {
      const position = this.#index.positionOf(ordinal);
      const block = this.#blocks.holding(position);
      if (block === undefined) return this.#readFromDisk(from, to);
      slice.bytes.push(block.bytes);
      slice.offsets.push(position - block.start);
      slice.rawBytes += this.#index.rawBytesOf(ordinal);
    }
    return slice;
  }

  async #readFromDisk(from: number, to: number): Promise<LogSlice> {
    const positions: number[] = [];
    let rawBytes = 0;
    for (let ordinal = from; ordinal < to; ordinal++) {
      positions.push(this.#index.positionOf(ordinal));
      rawBytes += this.#index.rawBytesOf(ordinal);
    }
    const end = to < this.#index.nextOrdinal ? this.#index.positionOf(to) : this.#position;
    const slice = { bytes: [] as Buffer[], offsets: [] as number[], rawBytes };
    for (const segment of [...this.#segments]) {
      const start = Math.max(segment.start, positions[0] ?? end);
      const stop = Math.min(segment.end, end);
      if (stop <= start) continue;
      const bytes = await segment.read(start, stop - start);
      for (const [i, position] of positions.entries()) {
        if (position < start || position >= stop) continue;
        // The start may have taken the index file's word for it.
        if (checkRecord(bytes, position - start, from + i) === 0) {
          throw damaged(segment.path, SEGMENT_HEADER_BYTES + position - segment.start);
        }
        slice.bytes.push(bytes);
        slice.offsets.push(position - start);
      }
    }
    return slice;
  }

  /** Resolves when nothing accepted so far is waiting for the disk, whatever comes after it. */
  drain(): Promise<void> {
    if (this.#flushing === undefined) return Promise.resolve();
    const ordinal = this.#index.nextOrdinal - 1;
    return new Promise((resolve) => this.#waiters.push({ ordinal, resolve, reject: () => resolve() }));
  }

  /** For the `interval` policy: what was acknowledged is on the disk afterwards. */
  async sync(): Promise<void> {
    if (this.#options.fsync === 'interval' && this.#durablePosition > 0) await this.#segments.at(-1)?.sync();
  }

  /** Retention: drops the groups received before a time. @returns groups dropped */
  async dropReceivedBefore(timeSec: number): Promise<number> {
    const keep = this.firstAtOrAfter(timeSec);
    const dropped = keep - this.firstOrdinal;
    if (dropped > 0) {
      const position = keep < this.#index.nextOrdinal ? this.#index.positionOf(keep) : this.#position;
      this.#index.dropBefore(keep);
      this.#blocks.dropBefore(position);
    }
    const last = this.#segments.at(-1);
    if (last !== undefined && last.end > last.start && this.firstOrdinal === this.#index.nextOrdinal) {
      // The name of an empty successor keeps the count of ordinals.
      const next = this.#roll(last, this.firstOrdinal);
      await next.handle();
    }
    while (this.#segments.length > 1 && this.#segments[1]!.firstOrdinal <= this.firstOrdinal) {
      await this.#segments.shift()?.remove();
    }
    return dropped;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.drain();
    await this.sync();
    for (const segment of this.#segments) await segment.close();
    this.#blocks.clear();
  }

  /** Closes and deletes everything. */
  async destroy(): Promise<void> {
    await this.close();
    if (this.#options.folder !== undefined) await rm(this.#options.folder, { recursive: true, force: true });
  }

  #rollIfFull(ordinal: number): boolean {
    const { folder, segmentBytes } = this.#options;
    if (folder === undefined) return false;
    const last = this.#segments.at(-1);
    if (last === undefined) {
      this.#segments.push(new SegmentFile(folder, ordinal, this.#position));
      return true;
    }
    if (last.end - last.start < segmentBytes) return false;
    this.#roll(last, ordinal);
    return true;
  }

  #roll(last: SegmentFile, ordinal: number): SegmentFile {
    const next = new SegmentFile(dirname(last.path), ordinal, this.#position);
    this.#segments.push(next);
    return next;
  }

  /** Group commit: everything accepted while the disk was busy goes with the next write. */
  async #flush(): Promise<void> {
    while (this.#waiters.length > 0) {
      const position = this.#position;
      const ordinal = this.#index.nextOrdinal;
      try {
        await this.#writeUpTo(position);
      } catch (error) {
        await this.#takeBack(error as Error);
        continue;
      }
      this.#durablePosition = position;
      this.#durableOrdinal = ordinal;
      const waiting = this.#waiters;
      this.#waiters = waiting.filter((waiter) => waiter.ordinal >= ordinal);
      for (const waiter of waiting) if (waiter.ordinal < ordinal) waiter.resolve();
    }
    this.#flushing = undefined;
  }

  async #writeUpTo(position: number): Promise<void> {
    for (const segment of [...this.#segments]) {
      // Retention may take one away meanwhile that is on the disk as a whole and was not closed yet.
      if (segment.sealed || !this.#segments.includes(segment)) continue;
      const stop = Math.min(segment.end, position);
      let at = Math.max(segment.start, this.#durablePosition);
      const added = at < stop;
      while (at < stop) {
        const block = this.#blocks.holding(at);
        if (block === undefined) throw new Error('records are neither in memory nor on disk');
        const end = Math.min(block.end, stop);
        await segment.write(block.bytes.subarray(at - block.start, end - block.start), at);
        at = end;
      }
      // A finished segment is synced whatever the policy: later ones never hold more than it.
      const finished = segment !== this.#segments.at(-1) && stop === segment.end;
      if (finished || (added && this.#options.fsync === 'always')) await segment.sync();
      if (finished) {
        segment.sealed = true;
        await this.#saveIndex(segment);
      }
    }
  }

  /** Spares the next start reading the segment. */
  async #saveIndex(segment: SegmentFile): Promise<void> {
    const next = this.#segments[this.#segments.indexOf(segment) + 1];
    const end = next?.firstOrdinal ?? this.#index.nextOrdinal;
    // Of one that retention has begun to drop not all is known any more; its index was written when it was full.
    if (segment.firstOrdinal < this.firstOrdinal || segment.firstOrdinal === end) return;
    const entries = new Uint32Array(3 * (end - segment.firstOrdinal));
    for (let ordinal = segment.firstOrdinal, at = 0; ordinal < end; ordinal++, at += 3) {
      const stop = ordinal + 1 < end ? this.#index.positionOf(ordinal + 1) : segment.end;
      entries[at] = stop - this.#index.positionOf(ordinal);
      entries[at + 1] = this.#index.receiveTimeOf(ordinal);
      entries[at + 2] = this.#index.rawBytesOf(ordinal);
    }
    try {
      await writeSegmentIndex(segment.path, { entries });
    } catch (error) {
      this.#options.log(`the index of ${segment.path} cannot be written: ${(error as Error).message}`);
    }
  }

  /** The disk refused: forget all that is not acknowledged, so that the log goes on behind the last good record. */
  async #takeBack(error: Error): Promise<void> {
    const waiting = this.#waiters;
    this.#waiters = [];
    this.#index.truncate(this.#durableOrdinal);
    this.#blocks.truncate(this.#durablePosition);
    this.#position = this.#durablePosition;
    const undone: SegmentFile[] = [];
    while (this.#segments.length > 1 && this.#segments[this.#segments.length - 1]!.start >= this.#position) {
      undone.push(...this.#segments.splice(-1));
    }
    const last = this.#segments.at(-1);
    if (last !== undefined) {
      last.end = this.#position;
      last.sealed = false;
      await last.truncate(this.#position).catch(() => undefined);
    }
    for (const segment of undone) await segment.remove().catch(() => undefined);
    this.#options.log(`writing a segment failed: ${error.message}`);
    for (const waiter of waiting) waiter.reject(error);
  }
}
