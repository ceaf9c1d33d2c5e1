import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { putLogs } from '../../src/connectors/sls/api/put-logs.ts';
import { encodeLogGroup } from '../../src/wire/sls/encode-log-group.ts';
import { TestStore, until } from '../support/sls-test-store.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/sls-several-processes.md'), 'utf8');
const [routing, keyed] = [...guide.matchAll(/```sql\n([\s\S]*?)```/g)].map((match) => match[1]!);
let service: LogService;
const engines: Engine[] = [];

beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['p/raw:4', 'p/by-user:4', 'p/totals:1'] });
});
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  await service.close();
});

async function run(script: string, variables: Readonly<Record<string, string>> = {}): Promise<void> {
  const all = { ENDPOINT: service.url, ID: 'sluice', KEY: 'sluice', ...variables };
  const engine = await Engine.open({ variables: all, onWarning: () => undefined });
  engines.push(engine);
  await engine.submit(`SET 'blink.checkpoint.interval.ms' = '200'; ${script}`, { name: 'guide' });
}

describe('the guide to several processes', () => {
  it('routes by key in two processes and adds up in two others: each total is complete in one of them', async () => {
    await Promise.all([run(routing!), run(routing!), run(keyed!, { PART: '0' }), run(keyed!, { PART: '1' })]);
    const raw = new TestStore(service.url, 'raw');
    const expected = new Map<string, number>();
    for (let i = 0; i < 200; i++) {
      const user = `u${i % 10}`;
      expected.set(user, (expected.get(user) ?? 0) + i);
      const contents = Object.entries({ user_id: user, amount: String(i) });
      const body = encodeLogGroup({ logs: [{ time: Math.floor(Date.now() / 1000), contents }] });
      await putLogs(raw.client, { body, compression: undefined, hashKey: undefined });
    }
    const reader = await Engine.open({ onWarning: () => undefined });
    engines.push(reader);
    await reader.execute(
      `CREATE TABLE totals (__topic__ VARCHAR HEADER, total BIGINT)
       WITH (${new TestStore(service.url, 'totals').options({ startupMode: 'Earliest', stopTime: '2100-01-01 00:00:00' })})`,
    );
    await until(
      'the totals',
      async () => {
        const rows = await reader
          .query('SELECT __topic__ AS u, MAX(total) AS m FROM totals GROUP BY __topic__')
          .toArray({ text: true });
        return rows.length === 10 && rows.every((row) => Number(row['m']) === expected.get(row['u'] ?? ''));
      },
      90_000,
    );
    await raw.client.close();
    expect(engines.length).toBe(5);
  }, 180_000);
});
