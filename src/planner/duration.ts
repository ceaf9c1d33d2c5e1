const units: Readonly<Record<string, number>> = {
  ms: 1,
  milli: 1,
  millis: 1,
  millisecond: 1,
  milliseconds: 1,
  s: 1000,
  sec: 1000,
  secs: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** Milliseconds of `10 s`, `1min`, `500` (ms), as Flink writes durations; undefined where it is none. */
export function durationMs(text: string): number | undefined {
  const parts = /^(\d+)\s*([a-z]*)$/i.exec(text.trim());
  if (parts === null) return undefined;
  const factor = units[parts[2] === '' ? 'ms' : parts[2]!.toLowerCase()];
  return factor === undefined ? undefined : Number(parts[1]) * factor;
}
