import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { putLogs } from '../../src/connectors/sls/api/put-logs.ts';
import { getCursor } from '../../src/connectors/sls/api/get-cursor.ts';
import { listShards } from '../../src/connectors/sls/api/list-shards.ts';
import { pullLogs } from '../../src/connectors/sls/api/pull-logs.ts';
import { SlsClient } from '../../src/connectors/sls/client.ts';
import { endpointOf } from '../../src/connectors/sls/endpoint.ts';
import { LogService } from '../../src/logservice/index.ts';
import { encodeLogGroup } from '../../src/wire/sls/encode-log-group.ts';
import { hashKeyOf } from '../../src/wire/sls/hash-key.ts';
import { decodeLogGroup, splitLogGroupList } from '../../src/wire/sls/scan-log-group.ts';
import { checkDelivery, type Delivered, type DeliveryReport } from './delivery-checker.ts';

const bin = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url));
const PROCESSES = 3;
const SHARDS = 8;
const KEYS = 40;
const HEARTBEAT_MS = 1000;
/** How long the last logs may take to arrive after the writer stopped. */
const DRAIN_MS = 45_000;

export interface SharedGroupReport extends DeliveryReport {
  readonly kills: number;
  readonly splits: number;
  /** Times a shard was seen with another holder than before. */
  readonly handOvers: number;
}

export interface SharedGroupSettings {
  readonly seconds: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}

/**
 * Three `sluice run` processes share a consumer group over 8 shards and copy logs by key into another log store, while
 * processes are killed (SIGKILL) and started again and shards are split at random. Every acknowledged log must arrive.
 */
export async function runSharedGroup(settings: SharedGroupSettings): Promise<SharedGroupReport> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-chaos-'));
  const service = await LogService.start({ port: 0, init: [`chaos/in:${SHARDS}`, 'chaos/out:4'] });
  const job = join(folder, 'copy.sql');
  writeFileSync(job, jobText(service.url));
  const input = client(service.url, 'in');
  const output = client(service.url, 'out');
  const random = randomOf(settings.seed);
  const workers: (ChildProcess | undefined)[] = Array.from({ length: PROCESSES }, () => start(job, settings.log));
  const written = new Map<string, number>();
  const holders = new Map<number, string>();
  let [events, kills, splits, handOvers] = [0, 0, 0, 0];
  try {
    const endMs = Date.now() + settings.seconds * 1000;
    let nextEventMs = Date.now() + 6000;
    while (Date.now() < endMs) {
      await writeSome(input, written, random);
      handOvers += await newHolders(input, holders);
      if (Date.now() >= nextEventMs) {
        nextEventMs = Date.now() + 2000 + random() * 3000;
        // Every third event is a split, so that no run is without one; which shard, which process and when is random.
        if (events++ % 3 === 1 && (await splitOne(input, random))) {
          splits++;
        } else {
          const victim = Math.floor(random() * PROCESSES);
          workers[victim]?.kill('SIGKILL');
          kills++;
          settings.log(`killed process ${victim}`);
          await sleep(300 + random() * 1200);
          workers[victim] = start(job, settings.log);
        }
      }
      await sleep(20);
    }
    const total = [...written.values()].reduce((sum, count) => sum + count, 0);
    settings.log(`wrote ${total} logs; ${kills} kills, ${splits} splits, ${handOvers} hand-overs; draining`);
    const report = await drained(output, written);
    return { ...report, kills, splits, handOvers };
  } finally {
    for (const worker of workers) worker?.kill('SIGKILL');
    await Promise.all([input.close(), output.close()]);
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function jobText(url: string): string {
  const to = `type='sls', endPoint='${url}', project='chaos', accessId='sluice', accessKey='sluice'`;
  return `SET 'blink.checkpoint.interval.ms' = '500';
CREATE TABLE src (k VARCHAR, n BIGINT) WITH (${to}, logStore='in', consumerGroup='g', assignment='balanced',
  heartBeatIntervalMills='${HEARTBEAT_MS}', shardDiscoveryIntervalMs='1000', startTime='2020-01-01 00:00:00');
CREATE TABLE dst (k VARCHAR, n BIGINT) WITH (${to}, logStore='out', mode='partition', partitionColumn='k', flushIntervalMs='100');
INSERT INTO dst SELECT k, n FROM src;`;
}

function client(url: string, logStore: string): SlsClient {
  return new SlsClient({
    endpoint: endpointOf(url, 'chaos'),
    project: 'chaos',
    logStore,
    accessId: 'sluice',
    accessKey: 'sluice',
    securityToken: undefined,
    region: undefined,
    maxRetries: 5,
    connectTimeoutMs: 5000,
    requestTimeoutMs: 10_000,
    now: () => Date.now(),
    warn: () => undefined,
  });
}

function start(job: string, log: (line: string) => void): ChildProcess {
  const child = spawn(process.execPath, [bin, 'run', job], { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (/error/i.test(text)) log(text.trim());
  });
  return child;
}

/** One log each for a few keys; a log counts as written once the service acknowledged it. */
async function writeSome(input: SlsClient, written: Map<string, number>, random: () => number): Promise<void> {
  for (let i = 0; i < 8; i++) {
    const key = `key-${Math.floor(random() * KEYS)}`;
    const n = written.get(key) ?? 0;
    const contents: [string, string][] = [
      ['k', key],
      ['n', String(n)],
    ];
    const body = encodeLogGroup({
      logs: [{ time: Math.floor(Date.now() / 1000), contents }],
      topic: '',
      source: '',
      tags: [],
    });
    await putLogs(input, { body, compression: 'lz4', hashKey: hashKeyOf(key) });
    written.set(key, n + 1);
  }
}

async function splitOne(input: SlsClient, random: () => number): Promise<boolean> {
  const open = (await listShards(input)).filter((shard) => !shard.readOnly);
  const shard = open[Math.floor(random() * open.length)];
  if (shard === undefined || open.length > 16) return false;
  await input.call({
    doing: 'splitting a shard',
    method: 'POST',
    path: `/logstores/in/shards/${shard.id}`,
    query: [['action', 'split']],
  });
  return true;
}

/** Shards whose holder is another one than when they were last looked at. */
async function newHolders(input: SlsClient, holders: Map<number, string>): Promise<number> {
  const answer = await input
    .call({ doing: 'reading holders', method: 'GET', path: '/logstores/in/consumergroups/g' })
    .catch(
      () => undefined, // before the first process made the group
    );
  if (answer === undefined) return 0;
  let changed = 0;
  for (const one of JSON.parse(Buffer.from(answer.body).toString()) as { shard: number; consumer: string }[]) {
    if (one.consumer === '') continue;
    const before = holders.get(one.shard);
    if (before !== undefined && before !== one.consumer) changed++;
    holders.set(one.shard, one.consumer);
  }
  return changed;
}

/** What arrived, read again until nothing is missing or the time is up. */
async function drained(output: SlsClient, written: ReadonlyMap<string, number>): Promise<DeliveryReport> {
  const deadline = Date.now() + DRAIN_MS;
  for (;;) {
    const report = checkDelivery(written, await readAll(output));
    if (report.lost.length === 0 || Date.now() > deadline) return report;
    await sleep(1000);
  }
}

async function readAll(output: SlsClient): Promise<readonly Delivered[]> {
  const all: Delivered[] = [];
  const signal = new AbortController().signal;
  for (const shard of await listShards(output)) {
    let cursor = await getCursor(output, shard.id, 'begin');
    for (;;) {
      const pulled = await pullLogs(output, { shard: shard.id, cursor, count: 1000, accept: 'lz4', signal });
      if (pulled.groupCount === 0) break;
      for (const bytes of splitLogGroupList(pulled.body())) {
        for (const log of decodeLogGroup(bytes).logs) {
          const fields = new Map(log.contents.map(([name, value]) => [textOf(name), textOf(value)]));
          all.push({ key: fields.get('k') ?? '', n: Number(fields.get('n')) });
        }
      }
      cursor = pulled.nextCursor;
    }
  }
  return all;
}

function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('utf8');
}

function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}
