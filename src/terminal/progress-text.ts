import type { Progress } from '../index.ts';

type Point = Pick<Progress, 'rows' | 'bytes' | 'elapsedMs'>;

/** Sources deliver in bursts, log services every second or two: over a shorter time a steady stream seems to stutter. */
const averagedMs = 5000;

/** Speeds over the last seconds, at first since the start. */
export class ProgressMeter {
  private readonly points: Point[] = [{ rows: 0, bytes: 0, elapsedMs: 0 }];

  /** `1,200,000 rows · 85 MB/s · watermark 2024-05-01 10:03:20 · lag 1.2 s` */
  text(progress: Progress, timeZone = 'UTC'): string {
    const { points } = this;
    points.push(progress);
    while (points.length > 2 && progress.elapsedMs - points[1]!.elapsedMs >= averagedMs) points.shift();
    const from = points[0]!;
    const seconds = (progress.elapsedMs - from.elapsedMs) / 1000;
    const parts = [`${progress.rows.toLocaleString('en-US')} rows read`];
    if (seconds >= 0.2 && progress.rows > from.rows) {
      parts.push(`${quantity((progress.rows - from.rows) / seconds)} rows/s`);
      const size = progress.bytes - from.bytes;
      if (size > 0) parts.push(`${bytes(size / seconds)}/s`);
    }
    // The end of input is +∞: no time of a clock.
    const { watermarkMs } = progress;
    if (watermarkMs === Infinity) parts.push('watermark at the end');
    else if (watermarkMs !== undefined) parts.push(`watermark ${instant(watermarkMs, timeZone)}`);
    if (progress.lagMs !== undefined) parts.push(`lag ${duration(progress.lagMs)}`);
    if (progress.lateRows > 0) parts.push(`${progress.lateRows.toLocaleString('en-US')} late rows dropped`);
    return parts.join(' · ');
  }
}

/** `3 rows read, 1.2 kB in 0.4 s (7.5 rows/s)`: what a finished run did. */
export function summaryText(progress: Progress): string {
  const { rows, elapsedMs } = progress;
  const size = progress.bytes > 0 ? `, ${bytes(progress.bytes)}` : '';
  const speed = elapsedMs > 0 ? `, ${quantity((rows / elapsedMs) * 1000)} rows/s` : '';
  return `${rows.toLocaleString('en-US')} rows read${size} in ${duration(elapsedMs)}${speed}`;
}

export function quantity(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(0)} k`;
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}

export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} GB`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e7 ? 0 : 1)} MB`;
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} kB`;
  return `${value.toFixed(0)} B`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${ms > 0 && ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2024-05-01 10:03:20` in a zone. */
export function instant(epochMs: number, timeZone = 'UTC'): string {
  if (timeZone === 'UTC') return new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ');
  let format = formats.get(timeZone);
  if (format === undefined) {
    // Swedish dates are written as ISO dates with a blank.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(timeZone, format);
  }
  return format.format(epochMs);
}
