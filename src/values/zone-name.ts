import type { Zone } from './zone.ts';

/** Java's short names where Intl only knows an offset. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  'Asia/Hong_Kong': 'HKT',
  'Asia/Jakarta': 'WIB',
  'Asia/Karachi': 'PKT',
  'Asia/Kolkata': 'IST',
  'Asia/Macau': 'CST',
  'Asia/Manila': 'PST',
  'Asia/Seoul': 'KST',
  'Asia/Shanghai': 'CST',
  'Asia/Singapore': 'SGT',
  'Asia/Taipei': 'CST',
  'Asia/Tokyo': 'JST',
  'Europe/Moscow': 'MSK',
  PRC: 'CST',
};

const cache = new Map<string, string>();

/** `CST` or `China Standard Time` as Java's z writes the zone at this instant; an offset (`GMT+08:00`) where it has no name. */
export function zoneName(zone: Zone, epochMs: number, long: boolean): string {
  const offset = zone.offsetAt(epochMs);
  if (zone.fixedOffset !== undefined) return long && offset === 0 ? 'Coordinated Universal Time' : offsetName(offset);
  const key = `${zone.name} ${offset} ${long ? 'long' : 'short'}`;
  let name = cache.get(key);
  if (name === undefined) {
    name = intlName(zone.name, epochMs, long) ?? (long ? undefined : SHORT_NAMES[zone.name]) ?? offsetName(offset);
    cache.set(key, name);
  }
  return name;
}

/** The name of Americans or Europeans for it; undefined where they only give an offset. */
function intlName(timeZone: string, epochMs: number, long: boolean): string | undefined {
  for (const locale of ['en-US', 'en-GB', 'en-AU']) {
    const format = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: long ? 'long' : 'short' });
    const name = format.formatToParts(epochMs).find((part) => part.type === 'timeZoneName')?.value;
    if (name !== undefined && !/^(GMT|UTC)[-+]/.test(name)) return name;
  }
  return undefined;
}

function offsetName(offset: number): string {
  if (offset === 0) return 'UTC';
  const minutes = Math.floor(Math.abs(offset) / 60_000);
  const parts = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `GMT${offset < 0 ? '-' : '+'}${parts.join(':')}`;
}
