import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { compare, TestStore, until } from '../support/sls-test-store.ts';

// Inside node_modules, so that the bundle finds its packages.
const bundleFolder = join(import.meta.dirname, '../../node_modules/.cache/sluice', `members-${process.pid}`);
const bundle = join(bundleFolder, 'member.mjs');
const members = new Set<ChildProcess>();
let service: LogService;

/** The process that gets killed: runs the script it is given until it is told to stop. */
const member = `
import { Engine } from './src/index.ts';
const engine = await Engine.open({ onWarning: (line) => process.send({ line }) });
process.on('message', async (message) => {
  if (message.script !== undefined) {
    const job = await engine.submit(message.script, { name: 'member' });
    process.send({ ready: true });
    job.done.catch((error) => process.send({ line: 'failed: ' + error.message }));
    return;
  }
  await engine.close();
  process.exit(0);
});
process.send({ up: true });
`;

beforeAll(async () => {
  mkdirSync(bundleFolder, { recursive: true });
  await build({
    stdin: { contents: member, resolveDir: join(import.meta.dirname, '../..'), loader: 'ts' },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  service = await LogService.start({ port: 0, init: ['p/unused:1'] });
});
afterAll(async () => {
  for (const child of members) child.kill('SIGKILL');
  rmSync(bundleFolder, { recursive: true, force: true });
  await service.close();
});

interface Member {
  readonly lines: string[];
  /** kill -9. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

async function joinGroup(script: string): Promise<Member> {
  const child = fork(bundle, [], { execArgv: [] });
  members.add(child);
  const lines: string[] = [];
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.on('message', (message: { up?: boolean; ready?: boolean; line?: string }) => {
      if (message.up === true) child.send({ script });
      if (message.line !== undefined) lines.push(message.line);
      if (message.ready === true) resolve();
    });
    void gone.then(() => reject(new Error(`a member ended at its start: ${lines.join(' | ')}`)));
  });
  const end = async (work: () => void): Promise<void> => {
    members.delete(child);
    work();
    await gone;
  };
  return { lines, kill: () => end(() => child.kill('SIGKILL')), stop: () => end(() => child.send({ stop: true })) };
}

function scriptOf(
  input: TestStore,
  output: TestStore,
  { heartbeatMs, groupTimeoutMs }: { readonly heartbeatMs: number; readonly groupTimeoutMs: number },
): string {
  const source = input.options({
    assignment: 'balanced',
    consumerGroup: 'g',
    startupMode: 'Group_Offsets',
    heartBeatIntervalMills: String(heartbeatMs),
    groupTimeout: String(groupTimeoutMs),
  });
  return `SET 'blink.checkpoint.interval.ms' = '200';
    CREATE TABLE src (k VARCHAR, seq BIGINT) WITH (${source});
    CREATE TABLE dst (k VARCHAR, seq BIGINT) WITH (${output.options({ flushIntervalMs: '20' })});
    INSERT INTO dst SELECT k, seq FROM src`;
}

/** What reached the output, in its order. */
async function outputOf(store: TestStore): Promise<{ k: string; seq: number }[]> {
  const engine = await Engine.open({ onWarning: () => undefined });
  try {
    await engine.execute(
      `CREATE TABLE result (k VARCHAR, seq BIGINT) WITH (${store.options({ stopTime: '2100-01-01 00:00:00', startupMode: 'Earliest' })})`,
    );
    const rows = await engine.query('SELECT k, seq FROM result').toArray({ text: true });
    return rows.map((row) => ({ k: row['k'] ?? '', seq: Number(row['seq']) }));
  } finally {
    await engine.close();
  }
}

/** Who holds which shard, as the service says. */
async function holdersOf(store: TestStore): Promise<Map<number, string>> {
  const answer = await store.client.call({
    doing: 'reading the group',
    method: 'GET',
    path: `/logstores/${store.name}/consumergroups/g`,
  });
  const list = JSON.parse(new TextDecoder().decode(answer.body)) as { shard: number; consumer: string }[];
  return new Map(list.map(({ shard, consumer }) => [shard, consumer]));
}

const keys = Array.from({ length: 16 }, (_, i) => i.toString(16));

describe('processes that share a consumer group', () => {
  it('lose nothing when members are killed, join, leave, and shards are split and merged', async () => {
    const input = await new TestStore(service.url, 'balanced-in').create(4);
    const output = await new TestStore(service.url, 'balanced-out').create(1);
    const script = scriptOf(input, output, { heartbeatMs: 300, groupTimeoutMs: 1000 });
    let handOvers = 0;
    let known = new Map<number, string>();
    let watching = true;
    const watch = (async () => {
      while (watching) {
        const now = await holdersOf(input).catch(() => known);
        for (const [shard, holder] of now) {
          const before = known.get(shard) ?? '';
          if (holder !== '' && before !== '' && holder !== before) handOvers++;
        }
        known = now;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    let putting = true;
    const puts = (async () => {
      while (putting) {
        await input.put(keys[input.sent.length % keys.length]!);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    const spread = (count: number) => async (): Promise<boolean> =>
      new Set((await holdersOf(input)).values()).size >= count;

    const a = await joinGroup(script);
    const b = await joinGroup(script);
    await until('two members', spread(2));
    const c = await joinGroup(script);
    await until('three members', spread(3));
    await b.kill();
    await input.split(0);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const d = await joinGroup(script);
    await input.merge(2);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await c.kill();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await a.stop();
    putting = false;
    await puts;
    await until('everything', async () => compare(input.sent, await outputOf(output)).lost.length === 0).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}: ${[a, b, c, d].map((one) => one.lines.join(' | ')).join(' || ')}`);
      },
    );
    watching = false;
    await watch;
    await d.stop();
    const { lost, repeated, disordered } = compare(input.sent, await outputOf(output));
    expect({ lost, disordered }).toEqual({ lost: [], disordered: [] });
    // Two kills, each repeats at most what came in about one commit interval (200 ms) and its sending.
    expect(repeated).toBeLessThan(input.sent.length / 4);
    expect(handOvers).toBeGreaterThanOrEqual(3);
    await input.client.close();
    await output.client.close();
  }, 180_000);

  it('hand a shard over without repeating a row when they stop and join cleanly', async () => {
    const input = await new TestStore(service.url, 'clean-in').create(4);
    const output = await new TestStore(service.url, 'clean-out').create(1);
    // A member that a busy machine holds up for long would lose its shards, and their rows come twice.
    const script = scriptOf(input, output, { heartbeatMs: 200, groupTimeoutMs: 8000 });
    const a = await joinGroup(script);
    await input.putMany(keys, 100);
    const b = await joinGroup(script);
    await input.putMany(keys, 100);
    await until('both hold shards', async () => new Set((await holdersOf(input)).values()).size === 2);
    await input.putMany(keys, 100);
    await a.stop();
    await until('everything', async () => (await outputOf(output)).length >= 300);
    await b.stop();
    expect(compare(input.sent, await outputOf(output))).toEqual({ lost: [], repeated: 0, disordered: [] });
    await input.client.close();
    await output.client.close();
  }, 180_000);
});

describe('the checker', () => {
  const sent = [0, 1, 2, 3].map((seq) => ({ k: seq % 2 === 0 ? 'a' : 'b', seq }));
  const pick = (...order: readonly number[]) => order.map((seq) => sent[seq]!);

  it('finds a planted loss, a planted swap and a repetition', () => {
    expect(compare(sent, pick(1, 0, 2, 3))).toEqual({ lost: [], repeated: 0, disordered: [] });
    expect(compare(sent, pick(0, 1, 3))).toEqual({ lost: [2], repeated: 0, disordered: [] });
    expect(compare(sent, pick(2, 1, 0, 3))).toEqual({ lost: [], repeated: 0, disordered: ['a'] });
    expect(compare(sent, pick(0, 1, 2, 0, 2, 3))).toEqual({ lost: [], repeated: 2, disordered: [] });
  });
});

describe('a query of a balanced table', () => {
  it('reads all shards and takes none from the members', async () => {
    const store = await new TestStore(service.url, 'looked-at').create(2);
    await store.putMany(['1', '9'], 4);
    const engine = await Engine.open({ onWarning: () => undefined });
    const source = store.options({ assignment: 'balanced', consumerGroup: 'g', startupMode: 'Group_Offsets' });
    await engine.execute(`CREATE TABLE src (k VARCHAR, seq BIGINT) WITH (${source})`);
    const query = engine.query('SELECT k FROM src');
    let rows = 0;
    for await (const change of query.changes()) {
      if (change.kind === '+I' && ++rows === 4) break;
    }
    expect([...(await holdersOf(store)).values()]).toEqual(['', '']);
    await engine.close();
    await store.client.close();
  });
});

describe('a plan with keyed state', () => {
  it('refuses a balanced source and says what to do instead', async () => {
    const engine = await Engine.open();
    const store = new TestStore(service.url, 'unused');
    const source = store.options({ assignment: 'balanced', consumerGroup: 'g' });
    const script = `CREATE TABLE src (k VARCHAR, seq BIGINT) WITH (${source});
      CREATE TABLE dst (k VARCHAR, c BIGINT) WITH (type = 'print');
      INSERT INTO dst SELECT k, COUNT(*) FROM src GROUP BY k`;
    await expect(engine.submit(script, { name: 'j' })).rejects.toMatchObject({
      code: 'PLAN_UNSUPPORTED',
      message: expect.stringContaining('group-aggregate') as string,
      hint: expect.stringContaining('--parallelism') as string,
    });
    await engine.close();
    await store.client.close();
  });
});
