import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as arrow from 'apache-arrow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine, SluiceError } from '../../src/index.ts';

let engine: Engine;
let folder: string;
let warnings: string[];

beforeEach(async () => {
  warnings = [];
  engine = await Engine.open({ onWarning: (line) => warnings.push(line) });
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
});
afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function failure(work: Promise<unknown>): Promise<SluiceError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

describe('the embedded API', () => {
  it('answers a query over registered rows with typed values', async () => {
    engine.registerTable('t', {
      columns: [
        { name: 'a', type: 'INT' },
        { name: 'b', type: 'BIGINT' },
        { name: 'd', type: 'DECIMAL(10, 2)' },
        { name: 's', type: 'VARCHAR' },
        { name: 'ts', type: 'TIMESTAMP(3)' },
        { name: 'x', type: 'VARBINARY' },
        { name: 'twice', expr: 'a * 2' },
      ],
      rows: [
        [1, 9007199254740993n, '1.50', 'x', '2024-01-02 03:04:05.678', '0xff00'],
        [null, null, null, null, null, null],
      ],
    });
    expect(await engine.query('SELECT * FROM t').toArray()).toEqual([
      {
        a: 1,
        b: 9007199254740993n,
        d: '1.50',
        s: 'x',
        ts: '2024-01-02 03:04:05.678',
        x: new Uint8Array([255, 0]),
        twice: 2,
      },
      { a: null, b: null, d: null, s: null, ts: null, x: null, twice: null },
    ]);
    expect(await engine.query('SELECT b, x FROM t WHERE a = 1').toArray({ text: true })).toEqual([
      { b: '9007199254740993', x: '0xff00' },
    ]);
  });

  it('gives names to columns as Calcite does', () => {
    engine.registerTable('t', { columns: [{ name: 'id', type: 'INT' }], rows: [] });
    expect(engine.query('SELECT id, id, id + 1, id AS id1 FROM t').schema.map((column) => column.name)).toEqual([
      'id',
      'id0',
      'EXPR$2',
      'id1',
    ]);
  });

  it('streams changes of an updating query and keeps only its final rows in toArray', async () => {
    const table = {
      columns: [{ name: 'k', type: 'VARCHAR' }],
      rows: (async function* () {
        yield ['a'];
        yield ['b'];
        yield ['a'];
      })(),
    };
    engine.registerTable('t', table);
    const result = engine.query('SELECT k, COUNT(*) AS n FROM t GROUP BY k');
    expect(result.updating).toBe(true);
    // Which group changed last depends on where the batches ended.
    const rows = await result.toArray();
    expect(new Map(rows.map((row) => [row['k'], row['n']]))).toEqual(
      new Map([
        ['a', 2n],
        ['b', 1n],
      ]),
    );
    expect(rows.length).toBe(2);
    expect((await failure(result.toArray())).message).toBe('the result of a query can be read once');
  });

  it('keeps one final row although the first batch of changes is all inserts', async () => {
    await engine.execute(`CREATE TABLE r (n INT) WITH (type='random', rows='20000')`);
    expect(await engine.query('SELECT COUNT(*) AS c FROM r').toArray()).toEqual([{ c: 20000n }]);
  });

  it('takes back a row with the changes of its source', async () => {
    engine.registerTable('t', {
      columns: [{ name: 'k', type: 'INT' }],
      rows: [[1], [2], [1]],
      changes: ['+I', '+I', '-D'],
    });
    expect(await engine.query('SELECT SUM(k) AS s FROM t').toArray()).toEqual([{ s: 2 }]);
  });

  it('reads and gives Arrow', async () => {
    engine.registerTable('t', { rows: arrow.tableFromArrays({ n: Int32Array.of(1, 2, 3), s: ['a', 'b', 'c'] }) });
    const records: arrow.RecordBatch[] = [];
    for await (const record of engine.query('SELECT n * 10 AS n, s FROM t WHERE n > 1').batches()) records.push(record);
    const table = new arrow.Table(records);
    expect(table.toArray().map((row) => ({ ...row }))).toEqual([
      { n: 20, s: 'b' },
      { n: 30, s: 'c' },
    ]);
  });

  it('runs windows over event time and counts late rows', async () => {
    engine.registerTable('clicks', {
      columns: [
        { name: 'u', type: 'VARCHAR' },
        { name: 'ts', type: 'TIMESTAMP(3)' },
      ],
      rows: [
        ['a', '2024-01-01 00:00:10'],
        ['a', '2024-01-01 00:01:05'],
        ['late', '2024-01-01 00:00:20'],
      ],
      watermark: { column: 'ts', delayMs: 5000 },
    });
    const result = engine.query(
      `SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE) AS w, u, COUNT(*) AS n FROM clicks
       GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE), u`,
    );
    expect(await result.toArray({ text: true })).toEqual([
      { w: '2024-01-01 00:00:00.000', u: 'a', n: '1' },
      { w: '2024-01-01 00:01:00.000', u: 'a', n: '1' },
    ]);
    expect(result.metrics().reduce((sum, one) => sum + (one.metrics['lateRows'] ?? 0), 0)).toBe(1);
  });

  it('runs a job from file to file and says how it went', async () => {
    writeFileSync(
      join(folder, 'in.jsonl'),
      '{"status":200,"bytes":5}\n{"status":"x","bytes":6}\n{"status":500,"bytes":7}\n',
    );
    const job = await engine.submit(
      `CREATE TABLE src (status INT, bytes BIGINT) WITH (type='file', path='${folder}/in.jsonl', format='jsonl');
       CREATE TABLE dst (bytes BIGINT, status INT) WITH (type='file', path='${folder}/out.csv', format='csv', header='true');
       INSERT INTO dst SELECT bytes, status FROM src WHERE status >= 200 OR status IS NULL;`,
    );
    await job.done;
    expect(job.status).toBe('finished');
    expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toBe('bytes,status\n5,200\n6,\n7,500\n');
    expect(job.metrics().reduce((sum, one) => sum + (one.metrics['parseErrors'] ?? 0), 0)).toBe(1);
    expect(job.progress().rows).toBe(3);
  });

  it('shares one scan between several INSERTs of a job', async () => {
    writeFileSync(join(folder, 'in.jsonl'), '{"a":1}\n{"a":2}\n');
    const job = await engine.submit(
      `CREATE TABLE src (a INT) WITH (type='file', path='${folder}/in.jsonl', format='jsonl');
       CREATE TABLE x (a INT) WITH (type='file', path='${folder}/x.jsonl', format='jsonl');
       CREATE TABLE y (a INT) WITH (type='file', path='${folder}/y.jsonl', format='jsonl');
       INSERT INTO x SELECT a FROM src; INSERT INTO y SELECT a * 10 FROM src;`,
    );
    await job.done;
    expect(readFileSync(join(folder, 'x.jsonl'), 'utf8')).toBe('{"a":1}\n{"a":2}\n');
    expect(readFileSync(join(folder, 'y.jsonl'), 'utf8')).toBe('{"a":10}\n{"a":20}\n');
    expect(job.progress().rows).toBe(2);
  });

  it('stops an endless job cleanly', async () => {
    const job = await engine.submit(
      `CREATE TABLE r (n INT) WITH (type='random', rate='1000');
       CREATE TABLE o (n INT) WITH (type='file', path='${folder}/o.jsonl', format='jsonl');
       INSERT INTO o SELECT n FROM r;`,
    );
    expect(job.status).toBe('running');
    await job.stop();
    await job.done;
    expect(job.status).toBe('stopped');
  });

  it('ends a query when its reader leaves', async () => {
    await engine.execute(`CREATE TABLE r (n INT) WITH (type='random', rate='10000')`);
    let seen = 0;
    for await (const change of engine.query('SELECT n FROM r').changes()) {
      expect(change.kind).toBe('+I');
      if (++seen === 5) break;
    }
    expect(seen).toBe(5);
  });

  it('ends a query when its reader leaves while it waits for a row that does not come', async () => {
    await engine.execute(`CREATE TABLE r (n INT) WITH (type='random', interval='3600000')`);
    const changes = engine.query('SELECT n FROM r').changes()[Symbol.asyncIterator]();
    expect((await changes.next()).done).toBe(false);
    const waiting = changes.next();
    await changes.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('ends an endless query behind the last row of its LIMIT', async () => {
    await engine.execute(`CREATE TABLE r (n INT) WITH (type='random', rate='1000', seed='1');
      CREATE TABLE some (n INT) WITH (type='random', rows='20', seed='1');`);
    const all = await engine.query('SELECT n FROM some').toArray();
    expect(await engine.query('SELECT n FROM r LIMIT 3').toArray()).toEqual(all.slice(0, 3));
    expect(await engine.query('SELECT n FROM r WHERE n > 5 LIMIT 2').toArray()).toHaveLength(2);
    expect(await engine.query('SELECT n FROM r LIMIT 0').toArray()).toEqual([]);
    expect(await engine.query('SELECT n FROM some LIMIT 30').toArray()).toEqual(all);
    const inner = await failure(
      (async () => engine.query('SELECT COUNT(*) FROM (SELECT n FROM r LIMIT 3)').toArray())(),
    );
    expect(inner.code).toBe('PLAN_UNBOUNDED');
  });

  it('refuses the final rows of an endless query', async () => {
    await engine.execute(`CREATE TABLE r (n INT) WITH (type='random')`);
    const error = await failure(engine.query('SELECT n FROM r').toArray());
    expect(error.code).toBe('PLAN_UNBOUNDED');
  });

  it('fails a job that says fail at the first bad row, naming the place', async () => {
    writeFileSync(join(folder, 'in.jsonl'), '{"a":"oops"}\n');
    await engine.execute(
      `CREATE TABLE src (a INT) WITH (type='file', path='${folder}/in.jsonl', format='jsonl', onError='fail')`,
    );
    const error = await failure(engine.query('SELECT a FROM src').toArray());
    expect(error.code).toBe('ROW_INVALID');
    expect(error.message).toBe('column "a" (INT) in line 1 of table "src" does not parse: "oops"');
    expect(error.where.join(' › ')).toContain('src');
  });

  it('names a missing file before the job starts', async () => {
    await engine.execute(`CREATE TABLE src (a INT) WITH (type='file', path='${folder}/none.csv', format='csv')`);
    const error = await failure(engine.query('SELECT a FROM src').toArray());
    expect(error.code).toBe('FILE_NOT_FOUND');
    expect(error.message).toBe(`file "${folder}/none.csv" of table "src" does not exist`);
  });

  it('takes variables in string literals and refuses unknown ones with their place', async () => {
    await engine.close();
    engine = await Engine.open({ variables: { DIR: folder }, onWarning: () => undefined });
    writeFileSync(join(folder, 'v.jsonl'), '{"a":1}\n');
    await engine.execute("CREATE TABLE v (a INT) WITH (type='file', path='${DIR}/v.jsonl', format='jsonl')");
    expect(await engine.query('SELECT a FROM v').toArray()).toEqual([{ a: 1 }]);
    const error = await failure(
      engine.execute("CREATE TABLE w (a INT) WITH (type='file', path='${NOPE_X}', format='jsonl')"),
    );
    expect(error.code).toBe('PARSE_VARIABLE');
    expect(engine.renderError(error)).toContain('${NOPE_X}');
  });

  it('shows tables, columns, settings and plans', async () => {
    const results = await engine.execute(
      `CREATE TABLE a (x INT, t TIMESTAMP, WATERMARK FOR t AS withOffset(t, 1000)) WITH (type='random', rows='1');
       CREATE VIEW b AS SELECT x FROM a WHERE x > 1;
       SHOW TABLES; DESCRIBE a; SET 'sql.compatibility' = 'flink'; EXPLAIN SELECT x FROM b;`,
    );
    expect(results[2]?.rows).toEqual([
      ['a', 'table', 'random'],
      ['b', 'view', null],
    ]);
    expect(results[3]?.rows).toEqual([
      ['x', 'INT', ''],
      ['t', 'TIMESTAMP(3)', 'ROWTIME, delay 1000 ms'],
    ]);
    expect(results[5]?.message).toContain('x > 1');
    expect(engine.tables().map((table) => table.name)).toEqual(['a', 'b']);
  });

  it('runs a query written for MySQL', async () => {
    engine.registerTable('t', { columns: [{ name: 'a', type: 'INT' }], rows: [[1], [2], [3]] });
    const result = await engine.prepare('SELECT `a`, COUNT(*) AS n FROM t WHERE a <> 2 GROUP BY a', {
      dialect: 'mysql',
    });
    expect(await result.toArray()).toEqual([
      { a: 1, n: 1n },
      { a: 3, n: 1n },
    ]);
  });

  it('never shows a secret in an error or a plan', async () => {
    const ddl = "CREATE TABLE s (a VARCHAR) WITH (type='sls', accessKey='S3CRET', endPoin='x')";
    const error = await failure(engine.execute(ddl));
    const text = engine.renderError(error);
    expect(text).toContain('Did you mean "endPoint"?');
    expect(text).not.toContain('S3CRET');
    expect(text).toContain("'***'");
  });
});
