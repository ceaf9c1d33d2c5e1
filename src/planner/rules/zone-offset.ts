import { zoneId } from '../../types/zone-id.ts';

/**
 * How far a zone's standard time is ahead of UTC, and whether it has daylight-saving time (judged by the year 2024).
 * An unknown name counts as GMT, as in FunctionContext.
 */
export function standardOffset(timeZone: string): { readonly offsetMs: number; readonly varies: boolean } {
  const winter = offsetAt(timeZone, Date.UTC(2024, 0, 1));
  const summer = offsetAt(timeZone, Date.UTC(2024, 6, 1));
  return { offsetMs: Math.min(winter, summer), varies: winter !== summer };
}

function offsetAt(timeZone: string, atMs: number): number {
  const id = zoneId(timeZone);
  if (id?.kind !== 'region') return id?.offsetMs ?? 0;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: id.iana, timeZoneName: 'longOffset' });
  const parts = format.formatToParts(atMs);
  const name = parts.find((one) => one.type === 'timeZoneName')?.value ?? 'GMT';
  const match = /^GMT([+-])(\d+):(\d+)(?::(\d+))?$/.exec(name);
  if (match === null) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return (match[1] === '-' ? -seconds : seconds) * 1000;
}
