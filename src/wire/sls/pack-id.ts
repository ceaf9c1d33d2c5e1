import { WireError } from '../../errors/sluice-error.ts';

/** `__pack_id__` as the key of a LogTag: field 1, eleven bytes. */
const KEY = new Uint8Array([0x0a, 11, ...new TextEncoder().encode('__pack_id__')]);

/**
 * The value of the tag `__pack_id__` of a LogGroup, which its producer repeats when it repeats a request; undefined
 * where there is none. Logs are stepped over, not read.
 * @throws WireError SLS_BODY_TRUNCATED, SLS_BODY_CORRUPT
 */
export function packIdOf(group: Uint8Array): string | undefined {
  for (let at = 0; at < group.length;) {
    const tag = group[at++]!;
    // Every field of a LogGroup is length-delimited and numbered below 16.
    if ((tag & 0x87) !== 2) throw new WireError('SLS_BODY_CORRUPT', 'a log group has a field of an unknown kind');
    let [length, shift] = [0, 0];
    for (;;) {
      const byte = group[at++];
      if (byte === undefined || shift > 28) throw truncated();
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7;
    }
    if (length < 0 || at + length > group.length) throw truncated();
    if (tag === 0x32 && startsWithKey(group, at, length)) {
      // Value: field 2 behind the key; ids are shorter than 128 bytes.
      const valueAt = at + KEY.length + 2;
      const valueLength = group[valueAt - 1]!;
      if (group[valueAt - 2] === 0x12 && valueLength < 128 && valueAt + valueLength === at + length) {
        return Buffer.from(group.buffer, group.byteOffset + valueAt, valueLength).toString('latin1');
      }
    }
    at += length;
  }
  return undefined;
}

function startsWithKey(bytes: Uint8Array, at: number, length: number): boolean {
  if (length < KEY.length + 2) return false;
  for (let i = 0; i < KEY.length; i++) if (bytes[at + i] !== KEY[i]) return false;
  return true;
}

function truncated(): WireError {
  return new WireError('SLS_BODY_TRUNCATED', 'a log group ends in the middle of a field');
}
