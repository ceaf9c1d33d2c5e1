import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/columnar/batch.ts';
import { physicalInputs } from '../../../src/planner/physical/bounded.ts';
import type { PhysicalNode } from '../../../src/planner/physical/plan.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../../../src/types/sql-type.ts';
import { applied, changesOf, type Row } from '../../support/runtime/batches.ts';
import { ScriptedJob, type JobTable } from '../../support/runtime/scripted-job.ts';
import { settle } from '../../support/runtime/settle.ts';

const rows: readonly Row[] = Array.from({ length: 60 }, (_, i) => [
  i * 500 - ((i * 7) % 5) * 900,
  i % 9 === 4 ? null : `k${(i * 5) % 4}`,
  BigInt((i * 11) % 7),
]);
const t: JobTable = {
  name: 't',
  columns: [
    { name: 'ts', type: TIMESTAMP },
    { name: 'k', type: VARCHAR },
    { name: 'v', type: BIGINT },
  ],
  rows,
  watermark: { column: 'ts', delayMs: 2000 },
};

const windowed = `CREATE VIEW w AS SELECT k, COUNT(*) AS n, SUM(v) AS s FROM t GROUP BY k, TUMBLE(ts, INTERVAL '4' SECOND);`;
const counted = 'CREATE VIEW c AS SELECT k, COUNT(*) AS n, MAX(v) AS m FROM t GROUP BY k;';
const pair = (name: string): string => `CREATE TABLE ${name} (k VARCHAR, n BIGINT) WITH (type = 'kept');`;

function physicalNodes(roots: readonly PhysicalNode[], seen = new Set<PhysicalNode>()): ReadonlySet<PhysicalNode> {
  for (const node of roots) {
    if (seen.has(node)) continue;
    seen.add(node);
    physicalNodes(physicalInputs(node), seen);
  }
  return seen;
}

describe('an operator with several readers', () => {
  it('gives each of them all its changes, in order', async () => {
    const job = new ScriptedJob(
      `${counted} ${pair('a')} ${pair('b')} INSERT INTO a SELECT k, n FROM c; INSERT INTO b SELECT k, m FROM c;`,
      [t],
      { batchRows: 7 },
    );
    const { a, b } = await job.run();
    expect(a!.length).toBe(b!.length);
    const keys = (lines: readonly string[]): string[] => lines.map((line) => line.split(' ').slice(0, 2).join(' '));
    expect(keys(a!)).toEqual(keys(b!));
  });

  it('counts once and has one state', async () => {
    const script = `${windowed} ${pair('a')} ${pair('b')} INSERT INTO a SELECT k, n FROM w; INSERT INTO b SELECT k, s FROM w;`;
    const job = new ScriptedJob(script, [t], { batchRows: 7 });
    const handle = job.start();
    await handle.done;
    const { operators } = handle.metrics();
    expect(new Set(operators.map((one) => one.id)).size).toBe(operators.length);
    const windows = operators.filter((one) => one.kind === 'window-aggregate');
    expect(windows.map((one) => one.values['rowsIn'])).toEqual([60]);
    const written = operators.filter((one) => one.kind === 'sink').map((one) => one.values['rowsIn']);
    expect(written).toEqual([windows[0]!.values['rowsOut'], windows[0]!.values['rowsOut']]);
  });

  it('waits for its slowest reader, and so does the other one', async () => {
    const script = `${counted} ${pair('a')} ${pair('b')} INSERT INTO a SELECT k, n FROM c; INSERT INTO b SELECT k, m FROM c;`;
    const job = new ScriptedJob(script, [t], { batchRows: 1 });
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    job.sink('a').onWrite = () => gate;
    const handle = job.start();
    await settle();
    expect([job.sink('a').events.length, job.sink('b').events.length]).toEqual([1, 0]);
    open();
    await handle.done;
    expect(applied(job.written['b']!).length).toBe(5);
  });

  it('may feed both sides of a join, whichever of them waits', async () => {
    const script = `${counted} ${pair('a')} INSERT INTO a SELECT x.k, y.n FROM c AS x JOIN c AS y ON x.n = y.n AND x.m = y.m;`;
    const plain = await new ScriptedJob(script, [t], { batchRows: 3, reuse: false }).run();
    const job = new ScriptedJob(script, [t], { batchRows: 3 });
    job.sink('a').onWrite = () => new Promise((resolve) => setImmediate(resolve));
    const handle = job.start();
    await handle.done;
    expect(handle.metrics().operators.filter((one) => one.kind === 'group-aggregate')).toHaveLength(1);
    expect(applied(job.written['a']!)).toEqual(applied(plain['a']!));
    expect(applied(job.written['a']!).length).toBeGreaterThan(0);
  });

  it('lets barriers, idle inputs and ends pass to all, also where one reader ends early', async () => {
    const other: JobTable = { ...t, name: 'u', rows: rows.slice(0, 9) };
    const script = `${windowed} ${pair('a')} ${pair('b')}
      INSERT INTO a SELECT k, n FROM w UNION ALL SELECT k, v FROM u; INSERT INTO b SELECT k, s FROM w;`;
    const job = new ScriptedJob(script, [t, other], { batchRows: 4 });
    const handle = job.start({ upTo: 5 });
    await settle();
    const snapshot = await handle.snapshot();
    expect([job.sink('a').events.at(-1), job.sink('b').events.at(-1)]).toEqual(['flush', 'flush']);
    expect(
      [...snapshot.facts.keys(), ...snapshot.arrays.keys()].some((key) => key.includes('a/window-aggregate-1')),
    ).toBe(true);
    await handle.stop();
    await handle.done;
    expect((await new ScriptedJob(script, [t, other]).run())['b']!.length).toBeGreaterThan(0);
  });

  it('gives batches that no reader writes into', async () => {
    const script = `${counted} ${windowed} ${pair('a')} ${pair('b')} ${pair('d')} ${pair('e')}
      INSERT INTO a SELECT k, n FROM c WHERE n > 2; INSERT INTO b SELECT k, n FROM c;
      INSERT INTO d SELECT k, SUM(n) FROM w WHERE n > 1 GROUP BY k; INSERT INTO e SELECT k, n FROM w;
      INSERT INTO a SELECT k, m FROM c; INSERT INTO e SELECT x.k, x.m FROM c AS x JOIN c AS y ON x.k = y.k;`;
    const job = new ScriptedJob(script, [t], { batchRows: 5 });
    const kept = new Map<string, Batch[]>();
    for (const name of ['a', 'b', 'd', 'e']) {
      const batches: Batch[] = [];
      kept.set(name, batches);
      job.sink(name).onWrite = (batch) => void batches.push(batch);
    }
    const written = await job.run();
    for (const [name, batches] of kept) expect(batches.flatMap(changesOf), name).toEqual(written[name]);
  });

  it('may send -U to a reader that can do without: tables by key and rankings of rising counts', async () => {
    const script = `CREATE VIEW c AS SELECT k, COUNT(*) AS n FROM t WHERE k IS NOT NULL GROUP BY k;
      CREATE TABLE a (k VARCHAR, n BIGINT, PRIMARY KEY (k)) WITH (type = 'upserted'); ${pair('b')} ${pair('d')}
      INSERT INTO a SELECT k, n FROM c; INSERT INTO d SELECT k, n FROM c WHERE n > 3;
      INSERT INTO b SELECT k, n FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY n DESC, k) AS r FROM c) WHERE r <= 2;`;
    const jobs = [true, false].map((reuse) => new ScriptedJob(script, [t], { batchRows: 4, reuse }));
    const [on, off] = jobs.map((job) => {
      const kinds = [...physicalNodes(job.stages.physical.roots)];
      return {
        aggregates: kinds.flatMap((one) => (one.kind === 'group-aggregate' ? [one.emitBefore] : [])),
        ranks: kinds.flatMap((one) => (one.kind === 'rank' ? [one.strategy] : [])),
      };
    });
    expect([on!.aggregates, off!.aggregates]).toEqual([[true], [false, true, false]]);
    expect([on!.ranks, off!.ranks]).toEqual([['update-fast'], ['update-fast']]);
    const [shared, plain] = await Promise.all(jobs.map((job) => job.run()));
    expect(applied(shared!['b']!)).toEqual(applied(plain!['b']!));
    expect(applied(shared!['d']!)).toEqual(applied(plain!['d']!));
    const byKey = (lines: readonly string[]): ReadonlyMap<string, string> => {
      const rows = new Map<string, string>();
      for (const [kind, key, n] of lines.map((line) => line.split(' '))) {
        if (kind === '-D' || kind === '-U') rows.delete(key!);
        else rows.set(key!, n!);
      }
      return rows;
    };
    expect(byKey(shared!['a']!)).toEqual(byKey(plain!['a']!));
    expect(byKey(shared!['a']!).size).toBe(4);
  });

  it('gives tables that write every update no more lines than operators of their own', async () => {
    const line = (name: string): string => `CREATE TABLE ${name} (k VARCHAR, n BIGINT) WITH (type = 'appended');`;
    const script = `${counted} ${line('a')} ${line('b')} ${pair('d')}
      INSERT INTO a SELECT k, n FROM c; INSERT INTO b SELECT k, m FROM c; INSERT INTO d SELECT k, n FROM c WHERE n > 1;`;
    const [on, off] = await Promise.all(
      [true, false].map((reuse) => new ScriptedJob(script, [t], { batchRows: 2, reuse }).run()),
    );
    expect(on!['a']).toEqual(off!['a']);
    expect(on!['b']).toEqual(off!['b']);
    expect(applied(on!['d']!)).toEqual(applied(off!['d']!));
  });
});
