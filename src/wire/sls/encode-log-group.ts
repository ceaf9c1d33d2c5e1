import { encodeUtf8 } from '../../columnar/byte-slice.ts';
import { COPY_SLACK, varintSize, type LogFields } from './log-fields.ts';
import type { LogGroup, Text } from './log-group.ts';

const TAG_LOG = 0x0a;
const TAG_TOPIC = 0x1a;
const TAG_SOURCE = 0x22;
const TAG_MACHINE_UUID = 0x2a;
const TAG_LOG_TAG = 0x32;
const TAG_TIME = 0x08;
const TAG_CONTENT = 0x12;
const TAG_TIME_NS = 0x25;
const TAG_KEY = 0x0a;
const TAG_VALUE = 0x12;

/** Writes a varint below 2^32 and returns the place behind it. */
export function writeVarint(into: Uint8Array, at: number, value: number): number {
  let to = at;
  let rest = value >>> 0;
  while (rest >= 0x80) {
    into[to++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  into[to++] = rest;
  return to;
}

/**
 * Writes one LogGroup log by log into a growing buffer: `beginLog`, `content`…, `endLog`, then `finish` with the
 * attributes of the group. Nothing is allocated per log or field.
 */
export class LogGroupWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #used = 0;
  #logStart = 0;
  #logs = 0;

  constructor(capacity = 16 << 10) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Logs written since the last `finish`. */
  get logCount(): number {
    return this.#logs;
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#used;
  }

  /** @param timeSec epoch seconds, 0 … 2^32 − 1; @param timeNs nanosecond part, −1 = none */
  beginLog(timeSec: number, timeNs = -1): void {
    this.#room(20);
    const bytes = this.#bytes;
    let at = this.#used;
    bytes[at++] = TAG_LOG;
    // Two bytes hold the length of any log of 128 to 16,383 bytes; `endLog` moves the rare others.
    this.#logStart = at;
    at += 2;
    bytes[at++] = TAG_TIME;
    at = writeVarint(bytes, at, timeSec);
    if (timeNs >= 0) {
      bytes[at++] = TAG_TIME_NS;
      for (let shift = 0; shift < 32; shift += 8) bytes[at++] = (timeNs >>> shift) & 0xff;
    }
    this.#used = at;
  }

  /** One field; `key` is UTF-8, the value a range of somebody's bytes. */
  content(key: Uint8Array, value: Uint8Array, offset: number, length: number): void {
    const inner = pairSize(key.length, length);
    this.#room(inner + 6);
    const bytes = this.#bytes;
    bytes[this.#used] = TAG_CONTENT;
    let at = writeVarint(bytes, this.#used + 1, inner);
    bytes[at++] = TAG_KEY;
    at = writeVarint(bytes, at, key.length);
    at = copy(bytes, at, key, 0, key.length);
    bytes[at++] = TAG_VALUE;
    at = writeVarint(bytes, at, length);
    this.#used = copy(bytes, at, value, offset, length);
  }

  /** Closes the log. @returns its bytes */
  endLog(): number {
    const body = this.#logStart + 2;
    const length = this.#used - body;
    const prefix = varintSize(length);
    if (prefix !== 2) {
      this.#room(prefix);
      this.#bytes.copyWithin(this.#logStart + prefix, body, this.#used);
      this.#used += prefix - 2;
    }
    writeVarint(this.#bytes, this.#logStart, length);
    this.#logs++;
    return length;
  }

  /** One whole log: a row of `fields`. @param timeSec as in `beginLog` @returns its bytes */
  log(timeSec: number, fields: LogFields, row: number): number {
    const length = 1 + varintSize(timeSec) + fields.measure(row);
    this.#room(length + 6 + COPY_SLACK);
    const bytes = this.#bytes;
    bytes[this.#used] = TAG_LOG;
    this.#logStart = this.#used + 1;
    let at = writeVarint(bytes, this.#logStart, length);
    bytes[at++] = TAG_TIME;
    at = writeVarint(bytes, at, timeSec);
    this.#used = fields.write(row, this.#view, at);
    this.#logs++;
    return length;
  }

  /** Takes the open log back. */
  dropLog(): void {
    this.#used = this.#logStart - 1;
  }

  /** Takes the log closed last back. */
  undoLog(): void {
    this.#used = this.#logStart - 1;
    this.#logs--;
  }

  /** The finished LogGroup as its own bytes; the writer is empty afterwards. */
  finish(group: Omit<LogGroup, 'logs'> = {}): Uint8Array {
    return this.lend(group).slice();
  }

  /** As `finish`, but in the memory of the writer: valid until the writer is used again. */
  lend(group: Omit<LogGroup, 'logs'> = {}): Uint8Array {
    if (group.topic !== undefined) this.#field(TAG_TOPIC, group.topic);
    if (group.source !== undefined) this.#field(TAG_SOURCE, group.source);
    if (group.machineUuid !== undefined) this.#field(TAG_MACHINE_UUID, group.machineUuid);
    for (const [key, value] of group.tags ?? []) this.#append(encodeLogTag(key, value));
    const result = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    this.#logs = 0;
    return result;
  }

  #field(tag: number, text: Text): void {
    const value = bytesOf(text);
    this.#room(value.length + 6);
    this.#bytes[this.#used] = tag;
    const at = writeVarint(this.#bytes, this.#used + 1, value.length);
    this.#used = copy(this.#bytes, at, value, 0, value.length);
  }

  #append(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #room(size: number): void {
    if (this.#used + size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + size));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** A LogGroup (the body of PutLogs) from objects. */
export function encodeLogGroup(group: LogGroup): Uint8Array {
  const writer = new LogGroupWriter(1024);
  for (const log of group.logs) {
    writer.beginLog(log.time, log.timeNs ?? -1);
    for (const [key, value] of log.contents) {
      const bytes = bytesOf(value);
      writer.content(bytesOf(key), bytes, 0, bytes.length);
    }
    writer.endLog();
  }
  return writer.finish(group);
}

/** One LogTags field of a LogGroup: appending it to an encoded group adds the tag. */
export function encodeLogTag(key: Text, value: Text): Uint8Array {
  const keyBytes = bytesOf(key);
  const valueBytes = bytesOf(value);
  const inner = pairSize(keyBytes.length, valueBytes.length);
  const bytes = new Uint8Array(1 + varintSize(inner) + inner);
  bytes[0] = TAG_LOG_TAG;
  let at = writeVarint(bytes, 1, inner);
  bytes[at++] = TAG_KEY;
  at = writeVarint(bytes, at, keyBytes.length);
  at = copy(bytes, at, keyBytes, 0, keyBytes.length);
  bytes[at++] = TAG_VALUE;
  at = writeVarint(bytes, at, valueBytes.length);
  copy(bytes, at, valueBytes, 0, valueBytes.length);
  return bytes;
}

/** A LogGroupList (the body of PullLogs) from encoded groups. */
export function encodeLogGroupList(groups: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const group of groups) size += 1 + varintSize(group.length) + group.length;
  const list = new Uint8Array(size);
  let at = 0;
  for (const group of groups) {
    list[at++] = 0x0a;
    at = writeVarint(list, at, group.length);
    list.set(group, at);
    at += group.length;
  }
  return list;
}

function bytesOf(text: Text): Uint8Array {
  return typeof text === 'string' ? encodeUtf8(text) : text;
}

function pairSize(keyLength: number, valueLength: number): number {
  return 2 + varintSize(keyLength) + keyLength + varintSize(valueLength) + valueLength;
}

function copy(into: Uint8Array, at: number, from: Uint8Array, offset: number, length: number): number {
  // A loop beats `set` with its view below about 32 bytes, where most fields are.
  if (length < 32) for (let i = 0; i < length; i++) into[at + i] = from[offset + i]!;
  else into.set(from.subarray(offset, offset + length), at);
  return at + length;
}
