import { WireError } from '../../errors/sluice-error.ts';
import { encodeLogTag } from './encode-log-group.ts';

/**
 * Two LogGroups that hold the logs of one, in order, with its attributes; undefined where it has fewer than two logs.
 * @param tags those of each half, in place of the group's own
 * @throws WireError SLS_BODY_TRUNCATED
 */
export function splitLogGroup(
  group: Uint8Array,
  tags: readonly [
    first: readonly (readonly [key: string, value: string])[],
    second: readonly (readonly [key: string, value: string])[],
  ],
): readonly [Uint8Array, Uint8Array] | undefined {
  const logs: Uint8Array[] = [];
  const attributes: Uint8Array[] = [];
  for (let at = 0; at < group.length;) {
    const start = at;
    const tag = group[at++]!;
    let [length, shift] = [0, 0];
    for (;;) {
      const byte = group[at++];
      if (byte === undefined) throw truncated();
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7;
    }
    at += length;
    if (at > group.length) throw truncated();
    const field = group.subarray(start, at);
    if (tag === 0x0a) logs.push(field);
    else if (tag !== 0x32) attributes.push(field);
  }
  if (logs.length < 2) return undefined;
  const middle = logs.length >> 1;
  const half = (part: readonly Uint8Array[], own: readonly (readonly [string, string])[]): Uint8Array =>
    new Uint8Array(Buffer.concat([...part, ...attributes, ...own.map(([key, value]) => encodeLogTag(key, value))]));
  return [half(logs.slice(0, middle), tags[0]), half(logs.slice(middle), tags[1])];
}

function truncated(): WireError {
  return new WireError('SLS_BODY_TRUNCATED', 'a log group ends in the middle of a field');
}
