import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { TestStore } from '../support/sls-test-store.ts';

const ROWS = 1000;
const LOGS_PER_REQUEST = 50;

/** Writes rows through a service that takes every fourth put and then cuts the connection; reads them back. */
async function writeAndRead(dedupe: string): Promise<{ ids: number[]; repeatedGroups: number }> {
  const faults = { rules: [{ api: 'PutLogs', fault: 'drop', when: 'after', every: 4 }] };
  const service = await LogService.start({ port: 0, init: ['p/l:2'], faults });
  const store = new TestStore(service.url, 'l');
  const engine = await Engine.open({ onWarning: () => undefined });
  try {
    engine.registerTable('numbers', {
      columns: [{ name: 'id', type: 'INT' }],
      rows: Array.from({ length: ROWS }, (_, i) => [i]),
    });
    const write = await engine.submit(
      `CREATE TABLE dst (id INT) WITH (${store.options({ batchSize: String(LOGS_PER_REQUEST), baseRetryBackoffMs: '5' })});
       INSERT INTO dst SELECT id FROM numbers`,
      { name: 'write' },
    );
    await write.done;
    await engine.execute(
      `CREATE TABLE src (id INT) WITH (${store.options({ startupMode: 'Earliest', stopTime: '2100-01-01 00:00:00', dedupe })})`,
    );
    const query = engine.query('SELECT id FROM src');
    const rows = await query.toArray();
    const repeatedGroups = query.metrics().reduce((sum, one) => sum + (one.metrics['repeatedGroups'] ?? 0), 0);
    return { ids: rows.map((row) => Number(row['id'])), repeatedGroups };
  } finally {
    await engine.close();
    await store.client.close();
    await service.close();
  }
}

describe('acknowledgements that are lost', () => {
  it('repeat whole requests and lose none', async () => {
    const { ids } = await writeAndRead('none');
    expect(new Set(ids).size).toBe(ROWS);
    const requests = ROWS / LOGS_PER_REQUEST;
    const repeated = (ids.length - ROWS) / LOGS_PER_REQUEST;
    // Every fourth of all puts, the repeated ones among them: 20 requests become 26.
    expect(repeated).toBe(Math.floor((requests - 1) / 3));
  });

  it("leave no repeated row with dedupe = 'packId'", async () => {
    const { ids, repeatedGroups } = await writeAndRead('packId');
    expect([...ids].sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, i) => i));
    expect(repeatedGroups).toBe(6);
  });
});
