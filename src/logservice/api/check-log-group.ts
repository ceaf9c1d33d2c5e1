import { ApiError, postBodyInvalid } from '../api-error.ts';

const MAX_KEY_BYTES = 128;
const MAX_VALUE_BYTES = 1 << 20;

/** Epoch seconds, both inclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Walks a LogGroup once and refuses what the real service refuses: broken encoding, logs without a time, fields
 * without key or value, too long ones, times out of range.
 *
 * LogGroup { Log 1; Reserved 2; Topic 3; Source 4; MachineUUID 5; LogTag 6 }   Log { Time 1; Content 2; Time_ns 4 }
 * @returns number of logs
 * @throws ApiError PostBodyInvalid, InvalidKey
 */
export function checkLogGroup(bytes: Uint8Array, times: TimeRange | undefined): number {
  const walk = new Walk(bytes);
  let logs = 0;
  while (walk.at < bytes.length) {
    const tag = walk.varint(bytes.length);
    if (tag === 0x0a) {
      const end = walk.lengthEnd(bytes.length);
      checkLog(walk, end, times);
      logs++;
    } else if (tag === 0x32) {
      checkPair(walk, walk.lengthEnd(bytes.length));
    } else {
      walk.skip(tag, bytes.length);
    }
  }
  return logs;
}

function checkLog(walk: Walk, end: number, times: TimeRange | undefined): void {
  let time = -1;
  while (walk.at < end) {
    const tag = walk.varint(end);
    if (tag === 0x12) checkPair(walk, walk.lengthEnd(end));
    else if (tag === 0x08) time = walk.varint(end);
    else walk.skip(tag, end);
  }
  if (time < 0) throw postBodyInvalid('a log has no time');
  if (times !== undefined && (time < times.from || time > times.to)) {
    throw postBodyInvalid('The post data time is out of range');
  }
}

function checkPair(walk: Walk, end: number): void {
  let keyBytes = -1;
  let valueBytes = -1;
  while (walk.at < end) {
    const tag = walk.varint(end);
    if (tag === 0x0a) {
      const stop = walk.lengthEnd(end);
      keyBytes = stop - walk.at;
      walk.at = stop;
    } else if (tag === 0x12) {
      const stop = walk.lengthEnd(end);
      valueBytes = stop - walk.at;
      walk.at = stop;
    } else {
      walk.skip(tag, end);
    }
  }
  if (keyBytes < 0 || valueBytes < 0) throw postBodyInvalid('a field has no key or no value');
  if (keyBytes === 0 || keyBytes > MAX_KEY_BYTES) {
    throw new ApiError(400, 'InvalidKey', `a key has ${keyBytes} bytes (1 to ${MAX_KEY_BYTES})`);
  }
  if (valueBytes > MAX_VALUE_BYTES) throw postBodyInvalid(`a value has ${valueBytes} bytes (up to ${MAX_VALUE_BYTES})`);
}

class Walk {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  varint(end: number): number {
    const bytes = this.#bytes;
    let byte = this.at < end ? bytes[this.at++]! : truncated();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let scale = 128, used = 1; ; scale *= 128) {
      byte = this.at < end ? bytes[this.at++]! : truncated();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      if (++used === 10) throw postBodyInvalid('the body is not a valid LogGroup');
    }
  }

  /** Reads a length and returns where what it measures ends. */
  lengthEnd(end: number): number {
    const length = this.varint(end);
    const stop = this.at + length;
    return stop <= end ? stop : truncated();
  }

  /** Unknown fields of wire types 0, 1, 2, 5 are allowed. */
  skip(tag: number, end: number): void {
    if (tag < 8 || tag > 0xffff_ffff) throw postBodyInvalid('the body is not a valid LogGroup');
    switch (tag % 8) {
      case 0:
        this.varint(end);
        break;
      case 1:
        this.at += 8;
        break;
      case 2:
        this.at = this.lengthEnd(end);
        break;
      case 5:
        this.at += 4;
        break;
      default:
        throw postBodyInvalid('the body is not a valid LogGroup');
    }
    if (this.at > end) truncated();
  }
}

function truncated(): never {
  throw postBodyInvalid('the body ends in the middle of a field');
}
