import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';
import type { AlignedWindow } from '../../../src/planner/physical/plan.ts';
import { windowLayout } from '../../../src/runtime/windows/zoned-windows.ts';
import { timeZone } from '../../../src/values/zone.ts';

const hour = 3_600_000;
const day = 24 * hour;

function boundsOf(window: AlignedWindow, instant: string): string[] {
  const found: string[] = [];
  windowLayout(window).forEach(Date.parse(instant), (start, end) => {
    found.push(`${new Date(start).toISOString().slice(5, 16)} ${(end - start) / hour} h`);
  });
  return found;
}

describe('windows of local time', () => {
  const daily: AlignedWindow = { kind: 'tumble', sizeMs: day, offsetMs: 0, zone: 'America/New_York' };

  it.each([
    ['2021-01-20T12:00:00Z', '01-20T05:00 24 h'],
    ['2021-03-14T06:59:59.999Z', '03-14T05:00 23 h'],
    ['2021-03-14T07:00:00Z', '03-14T05:00 23 h'],
    ['2021-07-01T03:59:59.999Z', '06-30T04:00 24 h'],
    ['2021-07-01T04:00:00Z', '07-01T04:00 24 h'],
    ['2021-11-07T05:30:00Z', '11-07T04:00 25 h'],
    ['2021-11-07T06:30:00Z', '11-07T04:00 25 h'],
    ['2021-11-08T04:59:59.999Z', '11-07T04:00 25 h'],
  ])('begin at midnight all year: %s', (instant, bounds) => {
    expect(boundsOf(daily, instant)).toEqual([bounds]);
  });

  it('begin with the day where a change of the clock skips midnight, or has it twice', () => {
    // Clocks went from 00:00 to 01:00 on 4 November 2018 in São Paulo, and from 01:00 to 00:00 on 1 November 2020 in Havana.
    expect(boundsOf({ ...daily, zone: 'America/Sao_Paulo' }, '2018-11-04T12:00:00Z')).toEqual(['11-04T03:00 23 h']);
    expect(boundsOf({ ...daily, zone: 'America/Sao_Paulo' }, '2018-11-04T02:59:59Z')).toEqual(['11-03T03:00 24 h']);
    expect(boundsOf({ ...daily, zone: 'America/Havana' }, '2020-11-01T04:30:00Z')).toEqual(['11-01T04:00 25 h']);
    expect(boundsOf({ ...daily, zone: 'America/Havana' }, '2020-11-01T05:30:00Z')).toEqual(['11-01T04:00 25 h']);
  });

  it('overlap by local time too', () => {
    const hop: AlignedWindow = { kind: 'hop', sizeMs: day, slideMs: day / 2, offsetMs: 0, zone: 'America/New_York' };
    expect(boundsOf(hop, '2021-03-14T12:00:00Z')).toEqual(['03-13T17:00 23 h', '03-14T05:00 23 h']);
    const grown: AlignedWindow = {
      kind: 'cumulate',
      sizeMs: day,
      stepMs: 8 * hour,
      offsetMs: 0,
      zone: 'America/New_York',
    };
    expect(boundsOf(grown, '2021-11-07T06:30:00Z')).toEqual([
      '11-07T04:00 9 h',
      '11-07T04:00 17 h',
      '11-07T04:00 25 h',
    ]);
  });

  it.each([
    ['tumble', daily],
    ['hop', { kind: 'hop', sizeMs: day, slideMs: 6 * hour, offsetMs: hour, zone: 'America/New_York' }],
  ] as const)('have one answer from every side: %s', (_, window) => {
    const windows = windowLayout(window);
    for (const change of ['2021-03-14T07:00:00Z', '2021-11-07T06:00:00Z']) {
      for (let ms = Date.parse(change) - 2 * day; ms < Date.parse(change) + 2 * day; ms += hour / 2) {
        const pane = windows.paneOf(ms);
        expect(pane <= ms && ms < windows.paneEnd(pane)).toBe(true);
        expect(windows.paneOf(pane)).toBe(pane);
        const found: (readonly [number, number])[] = [];
        windows.forEach(ms, (start, end) => found.push([start, end]));
        for (const [start, end] of found) {
          expect([windows.startOf(end), windows.endOf(start)]).toEqual([start, end]);
          expect(windows.nextEnd(pane, end - 1)).toBe(end);
        }
        expect(windows.nextEnd(pane, -Infinity)).toBe(found[0]?.[1]);
        expect(windows.lastEnd(pane)).toBe(found.at(-1)?.[1]);
        expect(windows.nextEnd(pane, Infinity)).toBe(Infinity);
      }
    }
  });
});

describe('GROUP BY a window of a day where clocks change', () => {
  it('counts what the local calendar says', async () => {
    const zone = timeZone('Europe/Berlin');
    const first = Date.parse('2024-03-30T00:00:00Z');
    const rows = Array.from({ length: 72 }, (_, i) => [first + i * hour]);
    const engine = await Engine.open({ timeZone: 'Europe/Berlin', onWarning: () => undefined });
    try {
      engine.registerTable('t', {
        columns: [
          { name: 'ms', type: 'BIGINT' },
          { name: 'ts', expr: 'TO_TIMESTAMP(ms)' },
        ],
        rows,
        watermark: { column: 'ts', delayMs: 0 },
      });
      const got = await engine
        .query(
          "SELECT TUMBLE_START(ts, INTERVAL '1' DAY) AS s, COUNT(*) AS n FROM t GROUP BY TUMBLE(ts, INTERVAL '1' DAY)",
        )
        .toArray({ text: true });
      const expected = new Map<string, number>();
      for (const [ms] of rows) {
        const date = new Date(zone.toLocal(ms!)).toISOString().slice(0, 10);
        expected.set(date, (expected.get(date) ?? 0) + 1);
      }
      expect(got).toEqual([...expected].map(([date, n]) => ({ s: `${date} 00:00:00.000`, n: String(n) })));
      expect(got.map((row) => row['n'])).toEqual(['23', '23', '24', '2']);
    } finally {
      await engine.close();
    }
  });
});
