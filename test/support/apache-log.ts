import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** 10,000 real lines of an Apache combined log; undefined (with a line that says so) where ../shared is absent. */
export function readApacheLog(): string[] | undefined {
  const path = fileURLToPath(new URL('../../../shared/data/apache_access.log', import.meta.url));
  if (!existsSync(path)) {
    process.stderr.write('skipped: ../shared/data/apache_access.log is not there\n');
    return undefined;
  }
  return readFileSync(path, 'utf8').split('\n').filter(Boolean);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The time of a line, epoch seconds, read by hand so that the engine's own parser is not its judge. */
export function apacheSeconds(line: string): number {
  const match = /\[(\d\d)\/(\w{3})\/(\d{4}):(\d\d):(\d\d):(\d\d) \+0000\]/.exec(line);
  if (match === null) throw new Error(`no time in: ${line}`);
  const [, day, month, year, hour, minute, second] = match;
  return (
    Date.UTC(Number(year), months.indexOf(month ?? ''), Number(day), Number(hour), Number(minute), Number(second)) /
    1000
  );
}

/** `hour|status` → [count, bytes], computed with nothing of the engine. `-` bytes are NULL. */
export function hourlyByStatus(lines: readonly string[]): Map<string, readonly [number, number | null]> {
  const result = new Map<string, readonly [number, number | null]>();
  for (const line of lines) {
    const match = /" (\d{3}) (\d+|-) "/.exec(line);
    const hour = new Date(Math.floor(apacheSeconds(line) / 3600) * 3_600_000).toISOString().slice(0, 13);
    const key = `${hour.replace('T', ' ')}:00:00.000|${match?.[1] ?? ''}`;
    const [count, bytes] = result.get(key) ?? [0, null];
    const more = match?.[2] === '-' ? null : Number(match?.[2]);
    result.set(key, [count + 1, more === null ? bytes : (bytes ?? 0) + more]);
  }
  return result;
}

/** Lines in an order in which none is more than `spreadSeconds` late, by a seeded generator. */
export function shuffleWithin(lines: readonly string[], spreadSeconds: number, seed: number): string[] {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
  return lines
    .map((line) => ({ line, at: apacheSeconds(line) + random() * spreadSeconds }))
    .sort((a, b) => a.at - b.at)
    .map((one) => one.line);
}
