import { crc32 } from 'node:zlib';

/**
 * One stored LogGroup: a header of eight little-endian u32, then the payload.
 *
 *   0 payload bytes      4 crc32 of all that follows    8 receive time (epoch s)   12 raw bytes of the list entry
 *  16 head bytes        20 tail bytes                  24 ordinal mod 2^32        28 low nibble of the first LZ4 token
 *
 * The payload is the entry of a LogGroupList (`0a`, length, LogGroup, `__receive_time__` tag) as LZ4 taken apart for
 * splicing (lz4-splice.ts): head literals, middle, tail literals.
 */
export const RECORD_HEADER_BYTES = 32;

export interface RecordHeader {
  readonly payloadBytes: number;
  readonly receiveTimeSec: number;
  readonly rawBytes: number;
  readonly headBytes: number;
  readonly tailBytes: number;
  readonly ordinal: number;
  readonly matchNibble: number;
}

/** Writes the header in front of a payload that is already in its place, and the checksum over both. */
export function sealRecord(into: Buffer, at: number, header: RecordHeader): void {
  into.writeUInt32LE(header.payloadBytes, at);
  into.writeUInt32LE(header.receiveTimeSec, at + 8);
  into.writeUInt32LE(header.rawBytes, at + 12);
  into.writeUInt32LE(header.headBytes, at + 16);
  into.writeUInt32LE(header.tailBytes, at + 20);
  into.writeUInt32LE(header.ordinal >>> 0, at + 24);
  into.writeUInt32LE(header.matchNibble, at + 28);
  into.writeUInt32LE(checksum(into, at, header.payloadBytes), at + 4);
}

/** Bytes of the whole record at `at`, or 0 where no intact record with this ordinal begins. */
export function checkRecord(bytes: Buffer, at: number, ordinal: number): number {
  if (bytes.length - at < RECORD_HEADER_BYTES) return 0;
  const payloadBytes = bytes.readUInt32LE(at);
  if (payloadBytes > bytes.length - at - RECORD_HEADER_BYTES) return 0;
  if (bytes.readUInt32LE(at + 24) !== ordinal >>> 0) return 0;
  if (bytes.readUInt32LE(at + 16) + bytes.readUInt32LE(at + 20) > payloadBytes) return 0;
  if (bytes.readUInt32LE(at + 4) !== checksum(bytes, at, payloadBytes)) return 0;
  return RECORD_HEADER_BYTES + payloadBytes;
}

export function recordReceiveTime(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 8);
}

export function recordRawBytes(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 12);
}

function checksum(bytes: Buffer, at: number, payloadBytes: number): number {
  return crc32(bytes.subarray(at + 8, at + RECORD_HEADER_BYTES + payloadBytes));
}
