import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/errors/sluice-error.ts';
import { startJob, type JobOptions } from '../../../src/jobs/runner.ts';
import type { JobHandle } from '../../../src/jobs/job.ts';
import type { PhysicalNode } from '../../../src/planner/physical/plan.ts';
import { field, schema } from '../../../src/types/schema.ts';
import { BIGINT, VARCHAR } from '../../../src/types/sql-type.ts';
import { batchOf, changesOf, rowsOfBatch } from '../../support/runtime/batches.ts';
import { FakeClock } from '../../support/runtime/fake-clock.ts';
import { countStar } from '../../support/runtime/plain-aggregates.ts';
import {
  collect,
  FakeSink,
  FakeSource,
  groupAggregate,
  scan,
  sink,
  union,
  type Answer,
} from '../../support/runtime/plans.ts';
import { settle } from '../../support/runtime/settle.ts';

const input = schema([field('k', VARCHAR), field('v', BIGINT)]);
const never = (): Promise<never> => new Promise<never>(() => {});

function rows(...values: readonly bigint[]): Answer {
  return {
    batches: [
      batchOf(
        input,
        values.map((v) => ['k', v]),
      ),
    ],
    rawBytes: 100 * values.length,
  };
}

function start(root: PhysicalNode, options: Partial<JobOptions> = {}): JobHandle {
  if (root.kind !== 'sink' && root.kind !== 'collect') throw new Error('no root');
  return startJob({ plan: { roots: [root], warnings: [] }, name: 'job', clock: new FakeClock(), ...options });
}

async function failure(job: JobHandle): Promise<SluiceError> {
  const error: unknown = await job.done.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SluiceError)) throw new Error(`the job did not fail: ${String(error)}`);
  return error;
}

describe('job', () => {
  it('runs a bounded plan to its end: rows, flush, commit, everything closed', async () => {
    const source = new FakeSource([{ answers: [rows(1n, 2n), rows(3n)] }, { answers: [rows(4n)] }]);
    const out = new FakeSink();
    const clock = new FakeClock();
    const job = start(sink(scan(input, source), out), { clock });
    await job.done;
    expect(job.status).toBe('finished');
    expect([...out.written].sort()).toEqual(['+I k 1', '+I k 2', '+I k 3', '+I k 4']);
    expect(out.events.at(-1)).toBe('flush');
    expect(source.committed.map((one) => Object.fromEntries(one))).toEqual([{ 'split 0': '2', 'split 1': '1' }]);
    expect([source.opened, source.closed, source.readersOpen, out.opened, out.closed]).toEqual([1, 1, 0, 1, 1]);
    expect(clock.pending).toBe(0);
    const metrics = job.metrics();
    expect([metrics.rows, metrics.rawBytes]).toEqual([4, 400]);
    const written = metrics.operators.find((one) => one.kind === 'sink');
    expect([written?.values['rowsIn'], written?.describe]).toEqual([4, { table: 'out', connector: 'fake' }]);
  });

  it('commits at each barrier the positions before it, after the sink has flushed', async () => {
    let go: (answer: Partial<object>) => void = () => {};
    const held = (): Promise<object> => new Promise((resolve) => (go = resolve));
    const source = new FakeSource([{ answers: [rows(1n), held, rows(3n)] }]);
    const out = new FakeSink();
    const order: string[] = [];
    out.onFlush = async () => void order.push(`flush ${out.written.length}`);
    source.commit = async (positions) => void order.push(`commit ${positions.get('split 0') ?? ''}`);
    const clock = new FakeClock();
    const job = start(sink(scan(input, source), out), { clock, settings: { checkpointIntervalMs: 100 } });
    await settle();
    clock.advance(100);
    await settle();
    expect(order).toEqual(['flush 1', 'commit 1']);
    go(rows(2n));
    await job.done;
    expect(order).toEqual(['flush 1', 'commit 1', 'flush 3', 'commit 3']);
  });

  it('never commits with keyed state and no durable checkpoints, and says so once', async () => {
    const source = new FakeSource([{ answers: [rows(1n)] }]);
    const warnings: string[] = [];
    const plan = sink(groupAggregate(scan(input, source), { keys: [0], calls: [countStar()] }), new FakeSink());
    await start(plan, { warn: (line) => warnings.push(line) }).done;
    expect(source.committed).toEqual([]);
    expect(warnings).toEqual([
      'job "job" keeps state by key and has no durable checkpoints: progress of consumer groups is not stored',
    ]);
    const durable = new FakeSource([{ answers: [rows(1n)] }]);
    const again = sink(groupAggregate(scan(input, durable), { keys: [0], calls: [countStar()] }), new FakeSink());
    await start(again, { warn: (line) => warnings.push(line), persist: async () => {} }).done;
    expect([durable.committed.length, warnings.length]).toEqual([1, 1]);
  });

  it('commits only what a durable snapshot covers, and only when it is durable', async () => {
    let go: (answer: Partial<object>) => void = () => {};
    const held = (): Promise<object> => new Promise((resolve) => (go = resolve));
    const source = new FakeSource([{ answers: [rows(1n), held, never] }]);
    const out = new FakeSink();
    const order: string[] = [];
    out.onFlush = async () => void order.push(`flush ${out.written.length}`);
    source.commit = async (positions) => void order.push(`commit ${positions.get('split 0') ?? ''}`);
    let durable: () => void = () => {};
    const persist = (): Promise<void> => new Promise((resolve) => (durable = resolve));
    const clock = new FakeClock();
    const plan = sink(groupAggregate(scan(input, source), { keys: [0], calls: [countStar()] }), out);
    const job = start(plan, { clock, persist, settings: { checkpointIntervalMs: 100 } });
    await settle();
    clock.advance(100);
    await settle();
    // Rows that come while the snapshot is written are not part of it.
    go(rows(2n));
    await settle();
    expect([order, job.metrics().rows]).toEqual([['flush 1'], 2]);
    durable();
    await settle();
    expect(order).toEqual(['flush 1', 'commit 1']);
    const stopped = job.stop();
    await settle();
    durable();
    await stopped;
    expect(order.at(-1)).toBe('commit 2');
  });

  it('tells of every operator what went in and out, how long it took and how large its state is', async () => {
    const source = new FakeSource([{ answers: [rows(1n, 2n), rows(3n)] }]);
    const plan = sink(groupAggregate(scan(input, source), { keys: [1], calls: [countStar()] }), new FakeSink());
    const job = start(plan);
    await job.done;
    const { operators } = job.metrics();
    expect(operators.map(({ kind, values }) => [kind, values['rowsIn'], values['rowsOut'], values['batches']])).toEqual(
      [
        ['scan', 3, 3, 2],
        ['group-aggregate', 3, 3, 2],
        ['sink', 3, 0, 2],
      ],
    );
    for (const { values } of operators) expect(values['busyMs']).toBeGreaterThanOrEqual(0);
    expect(operators[1]?.values['stateKeys']).toBe(3);
    expect(operators[1]?.values['stateBytes']).toBeGreaterThan(3 * 16);
  });

  it('stops cleanly: no further read, a last flush and commit, nothing left open', async () => {
    const source = new FakeSource([{ answers: [rows(1n), never] }]);
    const out = new FakeSink();
    const clock = new FakeClock();
    const job = start(sink(scan(input, source), out), { clock });
    await settle();
    await job.stop();
    expect(job.status).toBe('stopped');
    await job.done;
    expect(out.events).toEqual(['write 1', 'flush']);
    expect(source.committed.map((one) => one.get('split 0'))).toEqual(['1']);
    expect([source.closed, source.readersOpen, out.closed, clock.pending]).toEqual([1, 0, 1, 0]);
    expect(source.context?.signal.aborted).toBe(true);
  });

  it('ends at once on the second stop although the sink hangs', async () => {
    const source = new FakeSource([{ answers: [rows(1n), never] }]);
    const out = new FakeSink();
    out.onFlush = never;
    const job = start(sink(scan(input, source), out));
    await settle();
    const first = job.stop();
    await settle();
    expect(job.status).toBe('running');
    await job.stop();
    await first;
    expect((await failure(job)).code).toBe('JOB_CANCELLED');
    expect([job.status, source.committed.length, source.closed, out.closed]).toEqual(['stopped', 0, 1, 1]);
    expect(out.context?.signal.aborted).toBe(true);
  });

  it('stops while it still connects, and ends at once where connecting hangs', async () => {
    const source = new FakeSource([{ answers: [rows(1n)] }]);
    source.open = () =>
      new Promise((_, reject) => {
        source.context?.signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const job = start(sink(scan(input, source), new FakeSink()));
    await settle();
    await job.stop();
    await job.done;
    expect([job.status, source.closed]).toEqual(['stopped', 1]);

    const deaf = new FakeSource([]);
    deaf.open = never;
    const out = new FakeSink();
    const waiting = start(sink(scan(input, deaf), out));
    await settle();
    await waiting.stop();
    await waiting.done;
    expect([waiting.status, deaf.closed, out.closed]).toEqual(['stopped', 1, 1]);
    await expect(waiting.started).rejects.toThrow('the job was stopped while it connected');

    const hanging = new FakeSink();
    hanging.open = never;
    const second = start(sink(scan(input, new FakeSource([])), hanging));
    await settle();
    void second.stop();
    await second.stop();
    expect([(await failure(second)).code, hanging.closed]).toEqual(['JOB_CANCELLED', 1]);
  });

  it('holds reading back while the sink is slow: one batch in the chain and one read ahead', async () => {
    const source = new FakeSource([{ answers: Array.from({ length: 20 }, (_, i) => rows(BigInt(i))) }]);
    const out = new FakeSink();
    let release: () => void = () => {};
    out.onWrite = () => new Promise<void>((resolve) => (release = resolve));
    const job = start(sink(scan(input, source), out));
    await settle();
    expect([out.written.length, source.reads.length]).toEqual([1, 2]);
    release();
    await settle();
    expect([out.written.length, source.reads.length]).toEqual([2, 3]);
    out.onWrite = () => undefined;
    release();
    await job.done;
    expect(out.written.length).toBe(20);
  });

  it('starts no further read above the budget of bytes in flight', async () => {
    const split = (): { answers: Answer[] } => ({ answers: [rows(1n), rows(2n), rows(3n)] });
    const source = new FakeSource([split(), split(), split(), split()]);
    const out = new FakeSink();
    let release: () => void = () => {};
    out.onWrite = () => new Promise<void>((resolve) => (release = resolve));
    const job = start(sink(scan(input, source), out), { settings: { inFlightBytes: 250 } });
    await settle();
    // Four first reads of 100 bytes: no room to read ahead.
    expect(source.reads.length).toBe(4);
    // Three answers are through and three splits would read on; there is room for two of them.
    for (let answer = 0; answer < 3; answer++) {
      release();
      await settle();
    }
    expect(source.reads.length).toBe(6);
    out.onWrite = () => undefined;
    release();
    await job.done;
    expect(out.written.length).toBe(12);
  });

  it('names the job, the operator and the split of a failing read, and closes everything', async () => {
    const source = new FakeSource([{ answers: [rows(1n)] }, { id: 'shard 3', answers: [new Error('boom')] }]);
    const out = new FakeSink();
    const clock = new FakeClock();
    const job = start(sink(scan(input, source), out), { clock });
    const error = await failure(job);
    expect([error.message, error.where]).toEqual(['boom', ['job', 'scan t', 'shard 3']]);
    expect([job.status, source.closed, source.readersOpen, out.closed, clock.pending]).toEqual(['failed', 1, 0, 1, 0]);
    expect(source.committed).toEqual([]);
  });

  it('names the sink that fails to write or to open, and never commits', async () => {
    const source = new FakeSource([{ answers: [rows(1n), rows(2n)] }]);
    const out = new FakeSink();
    out.onWrite = async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    };
    const job = start(sink(scan(input, source), out));
    const error = await failure(job);
    expect([error.code, error.domain, error.where]).toEqual(['CONNECTOR_FAILED', 'external', ['job', 'sink out']]);
    expect([source.committed.length, source.closed, out.closed]).toEqual([0, 1, 1]);

    const closed = new FakeSink();
    closed.open = async () => {
      throw new Error('no such bucket');
    };
    const unread = new FakeSource([{ answers: [rows(1n)] }]);
    const second = start(sink(scan(input, unread), closed));
    await expect(second.started).rejects.toThrow('no such bucket');
    expect((await failure(second)).where).toEqual(['job', 'sink out']);
    expect([unread.opened, closed.closed]).toEqual([0, 1]);
  });

  it('fails when the last flush fails', async () => {
    const out = new FakeSink();
    out.onFlush = async () => {
      throw new Error('quota');
    };
    const source = new FakeSource([{ answers: [rows(1n)] }]);
    const error = await failure(start(sink(scan(input, source), out)));
    expect([error.message, error.where, source.committed.length]).toEqual(['quota', ['job', 'sink out'], 0]);
  });

  it('runs a shared node once and hands its rows to every parent', async () => {
    const source = new FakeSource([{ answers: [rows(1n, 2n)] }]);
    const shared = scan(input, source);
    const first = new FakeSink();
    const second = new FakeSink();
    const roots = [sink(shared, first), { ...sink(union(shared, shared), second), id: 'sink two' }];
    await startJob({ plan: { roots, warnings: [] }, name: 'job', clock: new FakeClock() }).done;
    expect(source.opened).toBe(1);
    expect(first.written).toEqual(['+I k 1', '+I k 2']);
    expect(second.written).toEqual(['+I k 1', '+I k 2', '+I k 1', '+I k 2']);
    expect(second.events.filter((one) => one === 'flush').length).toBe(1);
  });

  it('drops retractions for a sink that takes none', async () => {
    const source = new FakeSource([{ answers: [rows(1n), rows(2n)] }]);
    const out = new FakeSink();
    const plan = groupAggregate(scan(input, source), { keys: [0], calls: [countStar()] });
    const job = start(sink(plan, out, { dropRetractions: true }));
    await job.done;
    expect(out.written).toEqual(['+I k 1', '+I k 2']);
    expect(out.context?.updating).toBe(false);
    expect(job.metrics().operators.find((one) => one.kind === 'sink')?.values['droppedRetractions']).toBe(1);
  });
});

describe('query', () => {
  it('hands batches to its reader and waits for it', async () => {
    const source = new FakeSource([{ answers: Array.from({ length: 40 }, (_, i) => rows(BigInt(i))) }]);
    const job = start(collect(scan(input, source)));
    await settle();
    expect(source.reads.length).toBeLessThan(12);
    const seen: string[] = [];
    for await (const batch of job.results!) seen.push(...changesOf(batch));
    expect(seen.length).toBe(40);
    await job.done;
    expect(job.status).toBe('finished');
  });

  it('stops when its reader leaves early', async () => {
    const source = new FakeSource([{ answers: [...Array.from({ length: 40 }, (_, i) => rows(BigInt(i))), never] }]);
    const job = start(collect(scan(input, source)));
    for await (const _batch of job.results!) break;
    await job.done;
    expect([job.status, source.closed, source.readersOpen]).toEqual(['stopped', 1, 0]);
  });

  it('throws the failure of the job after the rows before it', async () => {
    const source = new FakeSource([{ answers: [rows(1n), new Error('gone')] }]);
    const job = start(collect(scan(input, source)));
    const seen: string[] = [];
    const reading = (async () => {
      for await (const batch of job.results!) seen.push(...changesOf(batch));
    })();
    await expect(reading).rejects.toThrow('gone');
    expect(seen).toEqual(['+I k 1']);
  });

  it('stops although nobody reads', async () => {
    const source = new FakeSource([{ answers: Array.from({ length: 40 }, (_, i) => rows(BigInt(i))) }]);
    const job = start(collect(scan(input, source)));
    await settle();
    await job.stop();
    expect(job.status).toBe('stopped');
  });

  it('reads registered rows in batches of the wanted size, and a list of values', async () => {
    const node = scan(input, 'mine');
    const batches = (): Iterable<ReturnType<typeof batchOf>> => [
      batchOf(
        input,
        Array.from({ length: 5 }, (_, i) => ['a', BigInt(i)] as const),
      ),
    ];
    const job = start(
      collect({
        ...node,
        wanted: [1],
        outputs: [{ ...node.outputs[1]!, index: 0 } as never],
        schema: schema([input.fields[1]!]),
      }),
      {
        registeredSources: new Map([['mine', { batches }]]),
        settings: { maxBatchRows: 2 },
      },
    );
    const sizes: number[] = [];
    const values: unknown[] = [];
    for await (const batch of job.results!) {
      sizes.push(batch.size);
      values.push(...rowsOfBatch(batch).flat());
    }
    expect([sizes, values]).toEqual([
      [2, 2, 1],
      [0n, 1n, 2n, 3n, 4n],
    ]);

    const list: PhysicalNode = {
      kind: 'values',
      id: 'values',
      schema: schema([]),
      changelog: 'insert-only',
      rows: [[]],
    };
    const one = start(collect(list));
    let count = 0;
    for await (const batch of one.results!) count += batch.size;
    await one.done;
    expect(count).toBe(1);
  });
});
