import { suggest } from '../errors/suggest.ts';

/** What a name of a time zone stands for: an offset that never changes, or a zone of IANA. */
export type ZoneId =
  { readonly kind: 'fixed'; readonly offsetMs: number } | { readonly kind: 'region'; readonly iana: string };

/** Short ids that Java knows and IANA does not. */
const JAVA_IDS: Readonly<Record<string, string>> = {
  ACT: 'Australia/Darwin',
  AET: 'Australia/Sydney',
  AGT: 'America/Argentina/Buenos_Aires',
  ART: 'Africa/Cairo',
  AST: 'America/Anchorage',
  BET: 'America/Sao_Paulo',
  BST: 'Asia/Dhaka',
  CAT: 'Africa/Harare',
  CNT: 'America/St_Johns',
  CST: 'America/Chicago',
  CTT: 'Asia/Shanghai',
  EAT: 'Africa/Addis_Ababa',
  ECT: 'Europe/Paris',
  IET: 'America/Indiana/Indianapolis',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
  MIT: 'Pacific/Apia',
  NET: 'Asia/Yerevan',
  NST: 'Pacific/Auckland',
  PLT: 'Asia/Karachi',
  PNT: 'America/Phoenix',
  PRT: 'America/Puerto_Rico',
  PST: 'America/Los_Angeles',
  SST: 'Pacific/Guadalcanal',
  VST: 'Asia/Ho_Chi_Minh',
};

/** Places that people write and IANA has under the name of another one. */
const CITIES: Readonly<Record<string, string>> = {
  bangalore: 'Asia/Kolkata',
  beijing: 'Asia/Shanghai',
  boston: 'America/New_York',
  china: 'Asia/Shanghai',
  delhi: 'Asia/Kolkata',
  guangzhou: 'Asia/Shanghai',
  hangzhou: 'Asia/Shanghai',
  india: 'Asia/Kolkata',
  mumbai: 'Asia/Kolkata',
  osaka: 'Asia/Tokyo',
  peking: 'Asia/Shanghai',
  san_francisco: 'America/Los_Angeles',
  seattle: 'America/Los_Angeles',
  shenzhen: 'Asia/Shanghai',
  washington: 'America/New_York',
};

const OFFSET = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?$/;

/** The zone of an IANA name, a Java short id (`PST`, `CTT`) or an offset (`+08:00`, `GMT+8`, `UTC+0800`). */
export function zoneId(name: string): ZoneId | undefined {
  if (/^(?:UTC|GMT|UT|Z|Etc\/UTC|Etc\/GMT|Zulu)$/i.test(name)) return { kind: 'fixed', offsetMs: 0 };
  const match = OFFSET.exec(name);
  if (match !== null) {
    const [hours, minutes, seconds] = [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)];
    if (hours > 18 || minutes > 59 || seconds > 59) return undefined;
    const offsetMs = ((hours * 60 + minutes) * 60 + seconds) * 1000;
    return { kind: 'fixed', offsetMs: match[1] === '-' ? 0 - offsetMs : offsetMs };
  }
  const iana = Object.hasOwn(JAVA_IDS, name) ? JAVA_IDS[name]! : name;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: iana });
    return { kind: 'region', iana };
  } catch {
    return undefined;
  }
}

/** A whole sentence about what may have been meant by a name that is none. */
export function zoneHint(name: string): string {
  const close = closeZone(name);
  return close === undefined
    ? 'Write a name such as Asia/Shanghai or UTC, or an offset such as +08:00 or GMT+8.'
    : `Did you mean "${close}"?`;
}

function closeZone(name: string): string | undefined {
  const all = Intl.supportedValuesOf('timeZone');
  const cityOf = (zone: string): string => zone.slice(zone.lastIndexOf('/') + 1).toLowerCase();
  const city = cityOf(name.trim().replaceAll(/[ -]/g, '_'));
  if (Object.hasOwn(CITIES, city)) return CITIES[city];
  const same = all.find((zone) => cityOf(zone) === city);
  if (same !== undefined || name.length < 4 || /^(UTC|GMT|UT)?[+-]/i.test(name)) return same;
  const close = name.includes('/') ? undefined : suggest(city, all.map(cityOf));
  return close === undefined ? suggest(name, all) : all.find((zone) => cityOf(zone) === close);
}
