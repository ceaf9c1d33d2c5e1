import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../src/logservice/index.ts';
import { encodeLogGroup } from '../../src/wire/sls/encode-log-group.ts';
import { RawClient } from '../unit/logservice/raw-client.ts';
import { readOwn } from './own-client.ts';
import { pythonPackages, runPython } from './run-python.ts';

const CONSUMERS = ['c1', 'c2', 'c3'];
const KEYS = ['0', '3', '7', '9', 'c', 'f'].map((digit) => digit + '5'.repeat(31));

/** What a worker printed of one batch. */
interface Batch {
  readonly consumer: string;
  readonly shard: number;
  /** When the worker got the shard, and when it processed the batch; epoch seconds. */
  readonly start: number;
  readonly at: number;
  readonly ids: readonly string[];
}

describe.skipIf(pythonPackages === undefined).each([
  { name: 'unordered', inOrder: false },
  { name: 'ordered', inOrder: true },
])('three workers of the official Python consumer library, $name', ({ name, inOrder }) => {
  let service: LogService;
  let writer: RawClient;
  const batches: Batch[] = [];
  const workers = new Map<string, { child: ChildProcess; ended: Promise<{ code: number | null; stderr: string }> }>();
  let ready = 0;
  let written = 0;

  beforeAll(async () => {
    service = await LogService.start({
      port: 0,
      accessKeys: ['ak:sk', 'sluice:sluice'],
      hostNames: ['sls.test'],
      init: ['jobs/logs:2'],
    });
    writer = new RawClient(service.url, 'jobs', 'logs');
  });
  afterAll(async () => {
    for (const { child } of workers.values()) child.kill('SIGKILL');
    writer.close();
    await service.close();
  });

  function startWorker(consumer: string): void {
    const args = [`http://sls.test:${service.port}`, 'jobs', 'logs', name, consumer, String(inOrder)];
    workers.set(
      consumer,
      runPython('consume.py', args, service.port, (line) => {
        const said = JSON.parse(line) as Partial<Batch>;
        if (said.ids === undefined) ready++;
        else batches.push({ consumer, ...said } as Batch);
      }),
    );
  }

  /** Groups of two logs, spread over the hash range. */
  async function write(groups: number): Promise<void> {
    for (let i = 0; i < groups; i++) {
      const ids = [written++, written++];
      const logs = ids.map((id) => ({ time: 1_700_000_000, contents: [['id', String(id)]] as const }));
      const answer = await writer.put(encodeLogGroup({ logs }), KEYS[i % KEYS.length]);
      expect(answer.status).toBe(200);
    }
  }

  async function until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + 25_000;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`waited too long: ${what}`);
      await sleep(50);
    }
  }

  const seen = (): Set<string> => new Set(batches.flatMap((batch) => batch.ids));
  const allSeen = (): Promise<void> => until(`all ${written} logs`, () => seen().size === written);

  it('share the shards, follow splits and a merge, take over from a dead one: every log, in order per shard', async () => {
    await write(60);
    for (const consumer of CONSUMERS) startWorker(consumer);
    await until('workers', () => ready === CONSUMERS.length);
    await allSeen();

    await writer.json('POST', '/logstores/logs/shards/0', { query: { action: 'split' } });
    await write(60);
    await allSeen();
    // Three shards take logs now, one for each.
    const busy = (): number => new Set(batches.map((batch) => batch.consumer)).size;
    for (let round = 0; busy() < CONSUMERS.length && round < 20; round++) {
      await write(KEYS.length);
      await allSeen();
    }
    expect(busy()).toBe(CONSUMERS.length);

    const victim = batches.findLast((batch) => batch.shard === 3)?.consumer ?? '';
    expect(workers.get(victim)?.child.kill('SIGKILL')).toBe(true);
    await writer.json('POST', '/logstores/logs/shards/1', { query: { action: 'split' } });
    await write(60);
    await allSeen();

    await writer.json('POST', '/logstores/logs/shards/2', { query: { action: 'merge' } });
    await write(60);
    await allSeen();

    const survivors = [...workers].filter(([consumer]) => consumer !== victim);
    for (const [, { child }] of survivors) child.kill('SIGTERM');
    for (const [, { ended }] of survivors) expect(await ended).toEqual({ code: 0, stderr: '' });

    // The order in which each shard has its logs, as our own client reads it.
    const rows = await readOwn(service.url, 'jobs', 'logs');
    expect(rows).toHaveLength(written);
    const place = new Map<string, number>();
    const shardOf = new Map<string, number>();
    const sizes = new Map<number, number>();
    for (const { shard, fields } of rows) {
      const id = fields['id'] ?? '';
      const at = sizes.get(shard) ?? 0;
      place.set(id, at);
      shardOf.set(id, shard);
      sizes.set(shard, at + 1);
    }
    expect([...sizes.keys()].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);

    // Per assignment of a shard to a worker a run without gap, from where an earlier one had committed or before.
    const next = new Map<string, number>();
    const read = new Map<number, number>();
    for (const { consumer, shard, start, ids } of batches) {
      for (const id of ids) {
        expect(shardOf.get(id)).toBe(shard);
        const assignment = `${consumer} ${shard} ${start}`;
        const at = place.get(id) ?? -1;
        if (next.has(assignment)) expect(at).toBe(next.get(assignment));
        else expect(at).toBeLessThanOrEqual(read.get(shard) ?? 0);
        next.set(assignment, at + 1);
        read.set(shard, Math.max(read.get(shard) ?? 0, at + 1));
      }
    }
    expect(read).toEqual(sizes);
    // Workers commit each batch, so only the dead one's last ones can come again.
    const repeated = batches.reduce((sum, batch) => sum + batch.ids.length, 0) - written;
    const lastOfVictim = new Map(
      batches.filter((batch) => batch.consumer === victim).map((batch) => [batch.shard, batch.ids.length]),
    );
    expect(repeated).toBeLessThanOrEqual([...lastOfVictim.values()].reduce((sum, ids) => sum + ids, 0));

    if (inOrder) {
      const parents = [
        [0, 2],
        [0, 3],
        [1, 4],
        [1, 5],
        [2, 6],
        [3, 6],
      ] as const;
      for (const [parent, child] of parents) {
        const last = Math.max(...firstTimes(batches, parent));
        expect(Math.min(...firstTimes(batches, child))).toBeGreaterThanOrEqual(last);
      }
    }
    const checkpoints = (await writer.json('GET', `/logstores/logs/consumergroups/${name}`)) as {
      shard: number;
      checkpoint: string;
    }[];
    for (const { shard, checkpoint } of checkpoints) expect(checkpoint).toBe(await writer.cursor(shard, 'end'));
  }, 80_000);
});

/** When each log of a shard was processed for the first time. */
function firstTimes(batches: readonly Batch[], shard: number): number[] {
  const times = new Map<string, number>();
  for (const batch of batches) {
    if (batch.shard !== shard) continue;
    for (const id of batch.ids) times.set(id, Math.min(times.get(id) ?? Infinity, batch.at));
  }
  return [...times.values()];
}
