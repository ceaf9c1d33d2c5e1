import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** First bytes of an index file; the digit is the version of the format. */
const MAGIC = Buffer.from('sluice-seg-idx-1', 'ascii');
const HEADER_BYTES = 40;
const ENTRY_BYTES = 12;

/** What is known of the records of a segment in their order. */
export interface SegmentRecords {
  /** Record bytes, receive time (epoch s), raw bytes; again and again. */
  readonly entries: Uint32Array;
}

/**
 * Reads what a segment file holds from the index beside it, so that a start need not read the file itself.
 * Magic, segment bytes (u64), segment mtime (u64 ns), crc32 of the entries (u32), 4 unused bytes, entries; all
 * little-endian.
 * @returns undefined where there is no index or it is not of exactly this state of the file
 */
export async function readSegmentIndex(segmentPath: string): Promise<SegmentRecords | undefined> {
  try {
    const { size, mtimeNs } = await stat(segmentPath, { bigint: true });
    const bytes = await readFile(indexPath(segmentPath));
    if (bytes.length < HEADER_BYTES || (bytes.length - HEADER_BYTES) % ENTRY_BYTES !== 0) return undefined;
    if (bytes.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0) return undefined;
    if (bytes.readBigUInt64LE(16) !== size || bytes.readBigUInt64LE(24) !== mtimeNs) return undefined;
    const body = bytes.subarray(HEADER_BYTES);
    if (bytes.readUInt32LE(32) !== crc32(body)) return undefined;
    const entries = new Uint32Array(body.length / 4);
    for (let i = 0; i < entries.length; i++) entries[i] = body.readUInt32LE(4 * i);
    return { entries };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes the index of a segment file that is on the disk as a whole. It may be lost: then the file is read. */
export async function writeSegmentIndex(segmentPath: string, { entries }: SegmentRecords): Promise<void> {
  const { size, mtimeNs } = await stat(segmentPath, { bigint: true });
  const bytes = Buffer.alloc(HEADER_BYTES + 4 * entries.length);
  bytes.set(MAGIC, 0);
  bytes.writeBigUInt64LE(size, 16);
  bytes.writeBigUInt64LE(mtimeNs, 24);
  for (const [i, entry] of entries.entries()) bytes.writeUInt32LE(entry, HEADER_BYTES + 4 * i);
  bytes.writeUInt32LE(crc32(bytes.subarray(HEADER_BYTES)), 32);
  const path = indexPath(segmentPath);
  await writeFile(`${path}.new`, bytes);
  await rename(`${path}.new`, path);
}

export async function removeSegmentIndex(segmentPath: string): Promise<void> {
  await rm(indexPath(segmentPath), { force: true });
}

function indexPath(segmentPath: string): string {
  return segmentPath.replace(/\.seg$/, '.idx');
}
