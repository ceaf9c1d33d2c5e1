import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'esbuild';

let folder: string;

/** A program that uses the engine: everything between open and close, then nothing that ends the process. */
function program(body: string): string {
  const root = join(import.meta.dirname, '../..');
  return `
    import { Engine } from '${root}/src/index.ts';
    import { LogService } from '${root}/src/logservice/index.ts';
    const service = await LogService.start({ port: 0, init: ['p/a:4', 'p/b:4'], log: () => undefined });
    const engine = await Engine.open({ onWarning: () => undefined });
    const sls = (store, more = '') => "type='sls', endPoint='" + service.url + "', project='p', logStore='" + store
      + "', accessId='sluice', accessKey='sluice'" + more;
    ${body}
    process.stdout.write('closed');
  `;
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** From the last line of the program to the end of the process. */
  readonly lingeredMs: number;
}

async function run(name: string, body: string): Promise<Ended> {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(join(folder, `${name}.ts`), program(body));
  await build({
    entryPoints: [join(folder, `${name}.ts`)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'silent',
  });
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err, closedAt] = ['', '', Number.NaN];
    const timer = setTimeout(() => child.kill('SIGKILL'), 100_000);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (out.includes('closed')) closedAt = Date.now();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, out, err, lingeredMs: Date.now() - closedAt });
    });
  });
}

beforeAll(() => {
  // Inside the repository, so that the packages are found.
  folder = mkdtempSync(join(import.meta.dirname, '../../node_modules/.resources-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('after close', () => {
  it.each([
    [
      'of everything in order',
      `await engine.execute("CREATE TABLE a (id INT) WITH (" + sls('a', ", startTime='2020-01-01 00:00:00', stopTime='2100-01-01 00:00:00'") + ")");
       await engine.execute("CREATE TABLE o (id INT) WITH (" + sls('a') + ")");
       engine.registerTable('t', { columns: [{ name: 'id', type: 'INT' }], rows: [[1], [2]] });
       await (await engine.submit('INSERT INTO o SELECT id FROM t')).done;
       const rows = await engine.query('SELECT id FROM a').toArray();
       if (rows.length !== 2) throw new Error('rows: ' + rows.length);
       await engine.close();
       await service.close();`,
    ],
    [
      'with a job, a query and a reader still running',
      `await engine.execute("CREATE TABLE a (id INT) WITH (" + sls('a', ", startTime='2020-01-01 00:00:00', consumerGroup='g'") + "); CREATE TABLE o (id INT) WITH (" + sls('b', ", flushIntervalMs='60000'") + "); CREATE TABLE r (id INT) WITH (type='random', rate='1000')");
       await engine.submit('INSERT INTO o SELECT id FROM a; INSERT INTO o SELECT id FROM r');
       const iterator = engine.query('SELECT id FROM r').changes()[Symbol.asyncIterator]();
       await iterator.next();
       const waiting = engine.query('SELECT id FROM a').changes()[Symbol.asyncIterator]();
       const never = waiting.next().catch(() => undefined);
       await new Promise((resolve) => setTimeout(resolve, 100));
       await engine.close();
       await never;
       await service.close();`,
    ],
    [
      'when the service went first',
      `await engine.execute("CREATE TABLE a (id INT) WITH (" + sls('a', ", startTime='2020-01-01 00:00:00', maxRetryTimes='100'") + "); CREATE TABLE o (id INT) WITH (" + sls('b', ", maxRetryTimes='2'") + "); CREATE TABLE r (id INT) WITH (type='random', rate='1000')");
       const job = await engine.submit('INSERT INTO o SELECT id FROM a');
       job.done.catch(() => undefined);
       await new Promise((resolve) => setTimeout(resolve, 100));
       await service.close();
       await new Promise((resolve) => setTimeout(resolve, 100));
       await engine.close();`,
    ],
    [
      'without a wait after failures',
      `await engine.execute("CREATE TABLE gone (id INT) WITH (" + sls('nope', ", startTime='2020-01-01 00:00:00', stopTime='2100-01-01 00:00:00'") + ")");
       let failed = 0;
       await engine.query('SELECT id FROM gone').toArray().catch(() => failed++);
       try { engine.query('SELECT nothing FROM gone'); } catch { failed++; }
       if (failed !== 2) throw new Error('failed: ' + failed);
       await engine.close();
       await engine.close();
       await service.close();`,
    ],
  ])('%s the process ends by itself', async (name, body) => {
    const ended = await run(name.replaceAll(/\W+/g, '-'), body);
    expect(ended.err).toBe('');
    expect([ended.code, ended.out]).toEqual([0, 'closed']);
    // Connections that are kept alive, the first that could hold it, live for 30 s.
    expect(ended.lingeredMs).toBeLessThan(15_000);
  });

  it('200 queries leave nothing behind', async () => {
    const ended = await run(
      'memory',
      `await engine.execute("CREATE TABLE a (id INT, s VARCHAR) WITH (" + sls('a', ", startTime='2020-01-01 00:00:00', stopTime='2100-01-01 00:00:00'") + ")");
       engine.registerTable('t', { columns: [{ name: 'id', type: 'INT' }, { name: 's', type: 'VARCHAR' }], rows: Array.from({ length: 500 }, (_, i) => [i, 'x'.repeat(100)]) });
       await engine.execute("CREATE TABLE o (id INT, s VARCHAR) WITH (" + sls('a') + ")");
       await (await engine.submit('INSERT INTO o SELECT id, s FROM t')).done;
       const some = async (count) => {
         for (let i = 0; i < count; i++) {
           const n = await engine.query('SELECT s, COUNT(*) AS n, SUM(id + ' + i + ') AS x FROM ' + (i % 8 ? 't' : 'a') + ' WHERE id >= ' + (i % 7) + ' GROUP BY s').toArray();
           if (Number(n[0].n) !== 500 - (i % 7)) throw new Error('wrong count');
         }
         for (let i = 0; i < 3; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 10)); }
         const { heapUsed, external, arrayBuffers } = process.memoryUsage();
         return heapUsed + external + arrayBuffers;
       };
       await some(60);
       const before = await some(20);
       const after = await some(200);
       const handles = process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
       if (handles > 5) throw new Error('timers: ' + handles);
       if (after - before > 6e6) throw new Error('grew by ' + (after - before));
       await engine.close();
       await service.close();`,
    );
    expect(ended.err).toBe('');
    expect([ended.code, ended.out]).toEqual([0, 'closed']);
  });
});
