import { encodeUtf8 } from '../../columnar/byte-slice.ts';
import { parseTimestamp } from '../../values/parse-temporal.ts';
import { timeZone } from '../../values/zone.ts';

/** Epoch seconds of `yyyy-MM-dd HH:mm:ss` in a zone, or of a text of digits (epoch seconds); undefined = neither. */
export function readTime(text: string, zone: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d{9,11}$/.test(trimmed)) return Number(trimmed);
  const bytes = encodeUtf8(trimmed);
  const ms = parseTimestamp(bytes, 0, bytes.length, timeZone(zone));
  return ms === null || !Number.isFinite(ms) ? undefined : Math.floor(ms / 1000);
}
