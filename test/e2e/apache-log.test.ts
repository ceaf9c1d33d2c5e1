import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Engine, type OperatorMetricsRow } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { hourlyByStatus, readApacheLog, shuffleWithin } from '../support/apache-log.ts';

const lines = readApacheLog();
const SHARDS = 4;
/** The lines are shuffled by up to this much, and the watermark stays behind by as much. */
const SPREAD_SECONDS = 600;

const shape = `
  ip VARCHAR, at VARCHAR, request VARCHAR, status VARCHAR, bytes VARCHAR, referrer VARCHAR, agent VARCHAR`;

function script(url: string, file: string): string {
  const sls = `type='sls', endPoint='${url}', project='real', logStore='access', accessId='sluice', accessKey='sluice'`;
  return `
CREATE TABLE lines (${shape},
  seconds AS CAST(UNIX_TIMESTAMP(at, 'dd/MMM/yyyy:HH:mm:ss') AS INT)
) WITH (type='file', path='${file}', format='regex', pattern='^(?<ip>[^ ]+) [^ ]+ [^ ]+ \\[(?<at>[^ ]+) [^\\]]+\\] "(?<request>(?:[^"\\\\]|\\\\.)*)" (?<status>[0-9]+) (?<bytes>[0-9]+|-) "(?<referrer>(?:[^"\\\\]|\\\\.)*)" "(?<agent>(?:[^"\\\\]|\\\\.)*)');

CREATE TABLE access_out (${shape}, seconds INT)
WITH (${sls}, timestampColumn='seconds', batchSize='100');

INSERT INTO access_out SELECT ip, at, request, status, NULLIF(bytes, '-'), referrer, agent, seconds FROM lines;

CREATE TABLE access (status INT, bytes BIGINT, __timestamp__ BIGINT HEADER,
  ts AS TO_TIMESTAMP(__timestamp__ * 1000),
  WATERMARK FOR ts AS withOffset(ts, ${SPREAD_SECONDS * 1000})
) WITH (${sls}, startTime='2020-01-01 00:00:00', stopTime='2100-01-01 00:00:00');`;
}

function total(metrics: readonly OperatorMetricsRow[], name: string): number {
  return metrics.reduce((sum, one) => sum + (one.metrics[name] ?? 0), 0);
}

describe.skipIf(lines === undefined)('10,000 real Apache lines through the log service', () => {
  it('hourly counts and bytes by status equal the ones computed from the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
    const service = await LogService.start({ port: 0, init: [`real/access:${SHARDS}`] });
    const warnings: string[] = [];
    const engine = await Engine.open({ onWarning: (line) => warnings.push(line) });
    try {
      const file = join(folder, 'access.log');
      writeFileSync(file, `${shuffleWithin(lines ?? [], SPREAD_SECONDS, 7).join('\n')}\n`);
      const results = await engine.execute(script(service.url, file));
      const load = results.find((one) => one.job !== undefined)?.job;
      await load?.done;
      expect(total(load?.metrics() ?? [], 'parseErrors')).toBe(0);

      const query = engine.query(
        `SELECT TUMBLE_START(ts, INTERVAL '1' HOUR) AS h, status, COUNT(*) AS n, SUM(bytes) AS b
         FROM access GROUP BY TUMBLE(ts, INTERVAL '1' HOUR), status`,
      );
      const rows = await query.toArray({ text: true });
      const got = new Map(rows.map((row) => [`${row['h'] ?? ''}|${row['status'] ?? ''}`, [row['n'], row['b']]]));
      const expected = [...hourlyByStatus(lines ?? [])].map(
        ([key, [count, bytes]]) => [key, [String(count), bytes === null ? null : String(bytes)]] as const,
      );
      expect(got).toEqual(new Map(expected));
      expect(rows.length).toBe(expected.length);
      expect(total(query.metrics(), 'lateRows')).toBe(0);

      const perShard = query
        .metrics()
        .flatMap((one) => Object.entries(one.metrics))
        .filter(([name]) => /^rows\[shard \d+\]$/.test(name));
      expect(perShard.length).toBe(SHARDS);
      expect(perShard.every(([, count]) => count > 0)).toBe(true);
    } finally {
      await engine.close();
      await service.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 180_000);
});
