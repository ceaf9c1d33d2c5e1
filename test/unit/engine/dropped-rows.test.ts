import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-dropped-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const perMinute = `SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE) AS w, COUNT(*) AS n FROM clicks
  GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)`;

/** Rows per minute over lines with these times, and what is said about them. */
async function warningsOver(...times: readonly string[]): Promise<string[]> {
  const path = join(folder, 'clicks.jsonl');
  writeFileSync(path, times.map((ts) => `${JSON.stringify({ ts })}\n`).join(''));
  const warnings: string[] = [];
  const engine = await Engine.open({ onWarning: (line) => warnings.push(line) });
  await engine.execute(`CREATE TABLE clicks (ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0))
    WITH (type = 'file', path = '${path}', format = 'jsonl')`);
  await engine.query(perMinute).toArray();
  await engine.close();
  return warnings;
}

describe('rows that are in no result', () => {
  it('are told at the end where they came too late', async () => {
    const late = '2024-05-01 10:00:01';
    expect(await warningsOver('2024-05-01 10:00:00', '2024-05-01 10:01:00', late)).toEqual([
      '1 row came too late and was dropped: the watermark was past its time, a larger delay in WATERMARK waits longer',
    ]);
    expect(await warningsOver('2024-05-01 10:01:00', late, late)).toEqual([
      expect.stringContaining('2 rows came too late and were dropped'),
    ]);
  });

  it('are told at the end where they have no time', async () => {
    expect(await warningsOver('yesterday', '2024-05-01 10:00:00')).toEqual([
      '1 row was dropped because the event time is NULL: its column is missing in the data or does not parse',
    ]);
  });

  it('are not told of where there are none', async () => {
    expect(await warningsOver('2024-05-01 10:00:00', '2024-05-01 10:00:01')).toEqual([]);
  });
});

describe("Flink's name of files", () => {
  it('reads and writes lines of JSON as json', async () => {
    const [from, to] = [join(folder, 'in.json'), join(folder, 'out.json')];
    writeFileSync(from, '{"a":1}\n{"a":2}\n');
    const engine = await Engine.open();
    const job = await engine.submit(`
      CREATE TABLE i (a INT) WITH ('connector' = 'filesystem', 'path' = '${from}', 'format' = 'json');
      CREATE TABLE o (b INT) WITH ('connector' = 'filesystem', 'path' = '${to}', 'format' = 'JSON');
      INSERT INTO o SELECT a * 10 FROM i`);
    await job.done;
    await engine.close();
    expect(readFileSync(to, 'utf8')).toBe('{"b":10}\n{"b":20}\n');
  });
});

describe('a word that is nearly that of a window', () => {
  it('is recognized', async () => {
    const engine = await Engine.open();
    await engine.execute(
      `CREATE TABLE clicks (ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0)) WITH (type = 'random')`,
    );
    const query = perMinute.replace('TUMBLE_START', 'TUMBLE_STRAT');
    await expect(engine.check(query)).rejects.toMatchObject({
      hint: 'Did you mean "TUMBLE_START"?  Run: SHOW FUNCTIONS.',
    });
    await engine.close();
  });
});
