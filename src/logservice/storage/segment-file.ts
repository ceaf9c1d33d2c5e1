import { open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../errors/sluice-error.ts';
import { checkRecord, recordRawBytes, recordReceiveTime } from './record.ts';
import type { RecordIndex } from './record-index.ts';
import { readSegmentIndex, removeSegmentIndex, writeSegmentIndex } from './segment-index.ts';
import { syncFolder } from './sync-folder.ts';

/** First bytes of every segment file; the digit is the version of the record format. */
const MAGIC = Buffer.from('sluice-segment-1', 'ascii');
export const SEGMENT_HEADER_BYTES = MAGIC.length;
const NAME = /^(\d{16})\.seg$/;

/** One append-only file with the records from `firstOrdinal` on; the file's name is that ordinal. */
export class SegmentFile {
  readonly path: string;
  readonly #folder: string;
  readonly firstOrdinal: number;
  /** Position of the first record in the log of the shard. */
  readonly start: number;
  /** Position behind the last record, whether written yet or not. */
  end: number;
  /** Nothing is added any more and all of it is on the disk. */
  sealed = false;
  #handle: Promise<FileHandle> | undefined;
  #removed = false;

  constructor(folder: string, firstOrdinal: number, start: number) {
    this.#folder = folder;
    this.path = join(folder, `${String(firstOrdinal).padStart(16, '0')}.seg`);
    this.firstOrdinal = firstOrdinal;
    this.start = start;
    this.end = start;
  }

  /** The open file; it is created, durably, where it does not exist. */
  handle(): Promise<FileHandle> {
    this.#handle ??= this.#open().catch((error: unknown) => {
      this.#handle = undefined;
      throw error;
    });
    return this.#handle;
  }

  async #open(): Promise<FileHandle> {
    if (this.#removed) throw new Error(`segment file ${this.path} is removed`);
    const existing = await open(this.path, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (existing !== undefined) return existing;
    const created = await open(this.path, 'wx+');
    await created.write(MAGIC, 0, MAGIC.length, 0);
    await created.datasync();
    await syncFolder(this.#folder);
    return created;
  }

  /** Writes bytes that belong at a position of the log. */
  async write(bytes: Buffer, position: number): Promise<void> {
    const handle = await this.handle();
    let done = 0;
    while (done < bytes.length) {
      const at = SEGMENT_HEADER_BYTES + position - this.start + done;
      done += (await handle.write(bytes, done, bytes.length - done, at)).bytesWritten;
    }
  }

  async sync(): Promise<void> {
    await (await this.handle()).datasync();
  }

  async read(position: number, length: number): Promise<Buffer> {
    const handle = await this.handle();
    const bytes = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(bytes, 0, length, SEGMENT_HEADER_BYTES + position - this.start);
    if (bytesRead !== length) throw damaged(this.path, SEGMENT_HEADER_BYTES + position - this.start);
    return bytes;
  }

  /** Cuts the file behind `position`. */
  async truncate(position: number): Promise<void> {
    const handle = await this.handle();
    await handle.truncate(SEGMENT_HEADER_BYTES + position - this.start);
    await handle.datasync();
  }

  async close(): Promise<void> {
    const handle = await this.#handle?.catch(() => undefined);
    this.#handle = undefined;
    await handle?.close();
  }

  async remove(): Promise<void> {
    this.#removed = true;
    await this.close();
    await rm(this.path, { force: true });
    await removeSegmentIndex(this.path);
  }
}

/**
 * Opens the segments of a shard in order and indexes their records, from the index files where those fit. What follows the last intact record of the last
 * file is a write that was never acknowledged: it is cut off and told to `log`.
 * @throws SluiceError LOGSERVICE_FAILED where a file is damaged that was once complete
 */
export async function loadSegments(
  folder: string,
  index: (firstOrdinal: number) => RecordIndex,
  log: (line: string) => void,
): Promise<SegmentFile[]> {
  const ordinals = (await readdir(folder)).flatMap((name) => {
    const match = NAME.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
  ordinals.sort((a, b) => a - b);
  const segments: SegmentFile[] = [];
  const records = index(ordinals[0] ?? 0);
  let position = 0;
  for (const [i, ordinal] of ordinals.entries()) {
    const segment = new SegmentFile(folder, ordinal, position);
    if (ordinal !== records.nextOrdinal) throw damaged(segment.path, 0);
    const last = i === ordinals.length - 1;
    // The last one is the one that changes, and that a crash may have torn.
    const known = last ? undefined : await readSegmentIndex(segment.path);
    if (known !== undefined) {
      const { entries } = known;
      for (let at = 0; at < entries.length; at += 3) {
        records.push(position, entries[at + 1]!, entries[at + 2]!);
        position += entries[at]!;
      }
      segment.end = position;
      segment.sealed = true;
      segments.push(segment);
      continue;
    }
    const entries: number[] = [];
    const bytes = await readFile(segment.path);
    const whole = bytes.length >= MAGIC.length && bytes.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) === 0;
    if (!whole && last && bytes.length <= MAGIC.length) {
      // The crash came between creating the file and its first record; its name keeps the count of ordinals.
      log(`cut ${bytes.length} bytes of an unfinished file: ${segment.path}`);
      await rm(segment.path);
      await segment.handle();
    } else if (!whole) {
      throw damaged(segment.path, 0);
    } else {
      let at = SEGMENT_HEADER_BYTES;
      while (at < bytes.length) {
        const size = checkRecord(bytes, at, records.nextOrdinal);
        if (size === 0) break;
        entries.push(size, recordReceiveTime(bytes, at), recordRawBytes(bytes, at));
        records.push(position, recordReceiveTime(bytes, at), recordRawBytes(bytes, at));
        position += size;
        at += size;
      }
      segment.end = position;
      if (at < bytes.length) {
        if (!last) throw damaged(segment.path, at);
        log(`cut ${bytes.length - at} bytes of an unfinished write at byte ${at} of ${segment.path}`);
        await segment.truncate(position);
      }
      if (!last) await writeSegmentIndex(segment.path, { entries: Uint32Array.from(entries) }).catch(() => undefined);
    }
    segment.sealed = !last;
    segments.push(segment);
  }
  return segments;
}

export function damaged(path: string, at: number): SluiceError {
  return new SluiceError('LOGSERVICE_FAILED', `segment file "${path}" is damaged at byte ${at}`, {
    domain: 'external',
    hint: 'Restore the data folder from a copy, or start with another one.',
  });
}
