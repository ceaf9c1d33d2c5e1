import { WireError } from '../../errors/sluice-error.ts';
import { decodeUtf8 } from '../../columnar/byte-slice.ts';
import type { LogGroup, LogRecord } from './log-group.ts';

/** What a server wants to know of a LogGroup it stores as bytes. */
export interface LogGroupSummary {
  readonly logCount: number;
  /** Epoch seconds over all logs; `Infinity` and `-Infinity` where there is none. */
  readonly minTimeSec: number;
  readonly maxTimeSec: number;
  readonly topic: string;
  readonly source: string;
}

/**
 * Checks that bytes are one well-formed LogGroup (every log with its Time, every pair with Key and Value) and sums it
 * up; builds nothing per log.
 * @throws WireError SLS_BODY_TRUNCATED, SLS_BODY_CORRUPT
 */
export function scanLogGroup(bytes: Uint8Array): LogGroupSummary {
  const reader = new Reader(bytes, 0, bytes.length);
  let logCount = 0;
  let minTimeSec = Infinity;
  let maxTimeSec = -Infinity;
  let topic = '';
  let source = '';
  while (reader.next()) {
    if (reader.tag === 0x0a) {
      const timeSec = scanLog(reader.child());
      logCount++;
      if (timeSec < minTimeSec) minTimeSec = timeSec;
      if (timeSec > maxTimeSec) maxTimeSec = timeSec;
    } else if (reader.tag === 0x1a) topic = reader.text();
    else if (reader.tag === 0x22) source = reader.text();
    else if (reader.tag === 0x32) pairOf(reader.child());
    else reader.skip();
  }
  return { logCount, minTimeSec, maxTimeSec, topic, source };
}

/** A LogGroup as objects; texts decoded leniently. For cold paths only. @throws as `scanLogGroup` */
export function decodeLogGroup(bytes: Uint8Array): LogGroup {
  const reader = new Reader(bytes, 0, bytes.length);
  const logs: LogRecord[] = [];
  const tags: [string, string][] = [];
  let topic: string | undefined;
  let source: string | undefined;
  let machineUuid: string | undefined;
  while (reader.next()) {
    if (reader.tag === 0x0a) logs.push(logOf(reader.child()));
    else if (reader.tag === 0x1a) topic = reader.text();
    else if (reader.tag === 0x22) source = reader.text();
    else if (reader.tag === 0x2a) machineUuid = reader.text();
    else if (reader.tag === 0x32) tags.push(pairOf(reader.child()));
    else reader.skip();
  }
  return { topic, source, machineUuid, tags, logs };
}

/** The groups of a LogGroupList as views. @throws as `scanLogGroup` */
export function splitLogGroupList(bytes: Uint8Array): Uint8Array[] {
  const reader = new Reader(bytes, 0, bytes.length);
  const groups: Uint8Array[] = [];
  while (reader.next()) {
    if (reader.tag === 0x0a) groups.push(reader.view());
    else reader.skip();
  }
  return groups;
}

function scanLog(log: Reader): number {
  let timeSec = -1;
  while (log.next()) {
    if (log.tag === 0x08) timeSec = log.varint();
    else if (log.tag === 0x12) checkPair(log.child());
    else log.skip();
  }
  if (timeSec < 0) throw corrupt('a log has no Time');
  return timeSec;
}

function checkPair(pair: Reader): void {
  let seen = 0;
  while (pair.next()) {
    if (pair.tag === 0x0a) seen |= 1;
    else if (pair.tag === 0x12) seen |= 2;
    pair.skip();
  }
  if (seen !== 3) throw corrupt('a field has no Key or no Value');
}

function logOf(log: Reader): LogRecord {
  let time = -1;
  let timeNs: number | undefined;
  const contents: [string, string][] = [];
  while (log.next()) {
    if (log.tag === 0x08) time = log.varint();
    else if (log.tag === 0x12) contents.push(pairOf(log.child()));
    else if (log.tag === 0x25) timeNs = log.fixed32();
    else log.skip();
  }
  if (time < 0) throw corrupt('a log has no Time');
  return { time, timeNs, contents };
}

function pairOf(pair: Reader): [string, string] {
  let key: string | undefined;
  let value: string | undefined;
  while (pair.next()) {
    if (pair.tag === 0x0a) key = pair.text();
    else if (pair.tag === 0x12) value = pair.text();
    else pair.skip();
  }
  if (key === undefined || value === undefined) throw corrupt('a field has no Key or no Value');
  return [key, value];
}

/** Walks the fields of one message. */
class Reader {
  tag = 0;
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  next(): boolean {
    if (this.#at >= this.#end) return false;
    this.tag = this.varint();
    if (this.tag < 8) throw corrupt('a field has number 0');
    return true;
  }

  /** The low 32 bits; the service has no larger numbers. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#end) throw truncated();
      const byte = this.#bytes[this.#at++]!;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw corrupt('a number is longer than 10 bytes');
  }

  fixed32(): number {
    const at = this.#advance(4);
    const bytes = this.#bytes;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }

  child(): Reader {
    const length = this.varint();
    const start = this.#advance(length);
    return new Reader(this.#bytes, start, start + length);
  }

  view(): Uint8Array {
    const length = this.varint();
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(): string {
    const length = this.varint();
    return decodeUtf8(this.#bytes, this.#advance(length), length);
  }

  skip(): void {
    switch (this.tag & 7) {
      case 0:
        this.varint();
        return;
      case 1:
        this.#advance(8);
        return;
      case 2:
        this.#advance(this.varint());
        return;
      case 5:
        this.#advance(4);
        return;
      default:
        throw corrupt(`wire type ${this.tag & 7} does not occur`);
    }
  }

  #advance(length: number): number {
    if (length > this.#end - this.#at) throw truncated();
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

function truncated(): WireError {
  return new WireError('SLS_BODY_TRUNCATED', 'the message ends in the middle of a field', {
    domain: 'external',
    retry: 'backoff',
  });
}

function corrupt(message: string): WireError {
  return new WireError('SLS_BODY_CORRUPT', message, { domain: 'external', retry: 'backoff' });
}
