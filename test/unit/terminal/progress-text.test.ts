import { describe, expect, it } from 'vitest';
import { duration, instant, ProgressMeter, summaryText } from '../../../src/terminal/progress-text.ts';

describe('progress', () => {
  it('shows the speed of the last five seconds', () => {
    const meter = new ProgressMeter();
    const watermarkMs = Date.UTC(2024, 4, 1, 10, 3, 20);
    const common = { watermarkMs, lagMs: 1200, lateRows: 0 };
    const first = meter.text({ rows: 1000, bytes: 1_000_000, elapsedMs: 500, ...common });
    expect(first).toBe('1,000 rows read · 2000 rows/s · 2.0 MB/s · watermark 2024-05-01 10:03:20 · lag 1.2 s');
    // Nothing comes for a while, then a burst: neither shows as a standstill or a leap.
    expect(meter.text({ rows: 1000, bytes: 1_000_000, elapsedMs: 2000, ...common })).toContain(' · 500 rows/s · ');
    expect(meter.text({ rows: 6000, bytes: 1_000_000, elapsedMs: 5500, ...common })).toContain(' · 1000 rows/s · ');
    expect(meter.text({ rows: 6000, bytes: 1_000_000, elapsedMs: 12_000, ...common })).not.toContain('rows/s');
  });

  it('leaves out what the source cannot tell', () => {
    const progress = { rows: 5, bytes: 0, elapsedMs: 0, watermarkMs: undefined, lagMs: undefined, lateRows: 0 };
    expect(new ProgressMeter().text(progress)).toBe('5 rows read');
    expect(summaryText({ ...progress, elapsedMs: 2000 })).toBe('5 rows read in 2.0 s, 2.5 rows/s');
  });

  it('counts the rows that came too late', () => {
    const progress = { rows: 5, bytes: 0, elapsedMs: 0, watermarkMs: undefined, lagMs: undefined, lateRows: 1200 };
    expect(new ProgressMeter().text(progress)).toBe('5 rows read · 1,200 late rows dropped');
  });

  it('says so when the input has ended', () => {
    const progress = { rows: 5, bytes: 0, elapsedMs: 0, watermarkMs: Infinity, lagMs: undefined, lateRows: 0 };
    expect(new ProgressMeter().text(progress)).toBe('5 rows read · watermark at the end');
  });

  it.each([
    [0.25, '0.3 ms'],
    [250, '250 ms'],
    [61_500, '1 min 1 s'],
    [3_720_000, '1 h 2 min'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it('shows an instant in the zone of the session', () => {
    expect(instant(0)).toBe('1970-01-01 00:00:00');
    expect(instant(0, 'Asia/Shanghai')).toBe('1970-01-01 08:00:00');
  });
});
