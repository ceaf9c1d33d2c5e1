import type { Progress } from '../index.ts';

/** Speeds between two reports; the first report is measured against the start. */
export class ProgressMeter {
  private last: Progress | undefined;
  private rowsPerSecond = 0;
  private bytesPerSecond = 0;

  /** `1,200,000 rows · 85 MB/s · watermark 2024-05-01 10:03:20 · lag 1.2 s` */
  text(progress: Progress, timeZone = 'UTC'): string {
    const since = progress.elapsedMs - (this.last?.elapsedMs ?? 0);
    if (since >= 200) {
      this.rowsPerSecond = ((progress.rows - (this.last?.rows ?? 0)) / since) * 1000;
      this.bytesPerSecond = ((progress.bytes - (this.last?.bytes ?? 0)) / since) * 1000;
      this.last = progress;
    }
    const parts = [`${progress.rows.toLocaleString('en-US')} rows read`];
    if (this.rowsPerSecond > 0) parts.push(`${quantity(this.rowsPerSecond)} rows/s`);
    if (this.bytesPerSecond > 0) parts.push(`${bytes(this.bytesPerSecond)}/s`);
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
