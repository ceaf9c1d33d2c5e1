import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-nested-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const columns = 'id INT, tags ARRAY<VARCHAR>, at ROW<x DOUBLE, `when` TIMESTAMP>, counts MAP<VARCHAR, BIGINT>';

function file(name: string): string {
  return join(folder, name);
}

describe('files of JSON lines with nested columns', () => {
  it('are read, worked on and written back', async () => {
    writeFileSync(
      file('in.jsonl'),
      [
        '{"id": 1, "tags": ["a", "b"], "at": {"x": 1.5, "when": "2024-02-29 01:02:03"}, "counts": {"k": 9007199254740993}}',
        '{"id": 2, "tags": [], "at": {"X": 2, "other": true}, "counts": {}}',
        '{"id": 3, "tags": null, "at": null}',
        '{"id": 4, "tags": "[\\"in a text\\"]", "counts": {"a": null, "b": "7"}}',
      ].join('\n'),
    );
    await using engine = await Engine.open({ timeZone: 'UTC' });
    const results = await engine.execute(`
      CREATE TABLE src (${columns}) WITH (type = 'file', path = '${file('in.jsonl')}', format = 'jsonl');
      CREATE TABLE dst (id INT, first_tag VARCHAR, tags ARRAY<VARCHAR>, at ROW<x DOUBLE, \`when\` TIMESTAMP>,
        counts MAP<VARCHAR, BIGINT>, x DOUBLE) WITH (type = 'file', path = '${file('out.jsonl')}', format = 'jsonl');
      INSERT INTO dst SELECT id, tags[1], tags, at, counts, at.x FROM src;`);
    await results.find((one) => one.job !== undefined)?.job?.done;
    expect(readFileSync(file('out.jsonl'), 'utf8').trim().split('\n')).toEqual([
      '{"id":1,"first_tag":"a","tags":["a","b"],"at":{"x":1.5,"when":"2024-02-29 01:02:03.000"},"counts":{"k":9007199254740993},"x":1.5}',
      '{"id":2,"first_tag":null,"tags":[],"at":{"x":2.0,"when":null},"counts":{},"x":2}',
      '{"id":3,"first_tag":null,"tags":null,"at":null,"counts":null,"x":null}',
      '{"id":4,"first_tag":"in a text","tags":["in a text"],"at":null,"counts":{"a":null,"b":7},"x":null}',
    ]);
  });

  it.each([
    ['null', [1, 2, 3], 2],
    ['skip', [1], 2],
  ])("with values that do not fit follow onError = '%s'", async (onError, ids, errors) => {
    writeFileSync(
      file('in.jsonl'),
      '{"id": 1, "tags": ["a"]}\n{"id": 2, "tags": {"a": 1}}\n{"id": 3, "counts": {"k": "many"}}\n',
    );
    const warnings: string[] = [];
    await using engine = await Engine.open({ timeZone: 'UTC', onWarning: (line) => warnings.push(line) });
    await engine.execute(
      `CREATE TABLE src (${columns}) WITH (type = 'file', path = '${file('in.jsonl')}', format = 'jsonl', onError = '${onError}')`,
    );
    const query = engine.query('SELECT id, tags, counts FROM src');
    const rows = await query.toArray();
    expect(rows.map((row) => row['id'])).toEqual(ids);
    expect(rows[0]?.['tags']).toEqual(['a']);
    for (const row of rows.slice(1)) expect([row['tags'], row['counts']]).toEqual([null, null]);
    const counted = query.metrics().reduce((sum, one) => sum + (one.metrics['parseErrors'] ?? 0), 0);
    expect(counted).toBe(errors);
  });

  it('fail with the place and the value where that is asked for', async () => {
    writeFileSync(file('in.jsonl'), '{"id": 1, "tags": [1, {"a": 2}]}\n{"id": 2, "at": [1]}\n');
    await using engine = await Engine.open({ timeZone: 'UTC' });
    await engine.execute(
      `CREATE TABLE src (${columns}) WITH (type = 'file', path = '${file('in.jsonl')}', format = 'jsonl', onError = 'fail')`,
    );
    await expect(engine.query('SELECT at FROM src').toArray()).rejects.toThrow(
      /at.*ROW<x DOUBLE, when TIMESTAMP\(3\)>/,
    );
  });

  it('are CSV with JSON in quotes', async () => {
    await using engine = await Engine.open({ timeZone: 'UTC' });
    engine.registerTable('t', { columns: [{ name: 'a', type: 'ARRAY<VARCHAR>' }], rows: [[['x', 'y"z']], [null]] });
    const results = await engine.execute(`
      CREATE TABLE csv (a ARRAY<VARCHAR>) WITH (type = 'file', path = '${file('a.csv')}', format = 'csv');
      INSERT INTO csv SELECT a FROM t;`);
    await results.find((one) => one.job !== undefined)?.job?.done;
    expect(await engine.query('SELECT a FROM csv WHERE a IS NOT NULL').toArray()).toEqual([{ a: ['x', 'y"z'] }]);
  });
});

describe('SLS with nested columns', () => {
  it('holds ARRAY and ROW as JSON text and gives them back', async () => {
    const service = await LogService.start({ port: 0, init: ['p/nested:1'] });
    try {
      await using engine = await Engine.open({ timeZone: 'UTC', onWarning: () => undefined });
      engine.registerTable('t', {
        columns: [
          { name: 'id', type: 'INT' },
          { name: 'a', type: 'ARRAY<INT>' },
          { name: 'r', type: 'ROW<n VARCHAR, m ARRAY<BOOLEAN>>' },
        ],
        rows: [
          [1, [1, null], ['x', [true]]],
          [2, [], null],
          [3, null, ['y', null]],
        ],
      });
      const sls = `type = 'sls', endPoint = '${service.url}', project = 'p', logStore = 'nested', accessId = 'sluice', accessKey = 'sluice'`;
      const results = await engine.execute(`
        CREATE TABLE logs (id INT, a ARRAY<INT>, r ROW<n VARCHAR, m ARRAY<BOOLEAN>>) WITH (${sls});
        INSERT INTO logs SELECT * FROM t;
        CREATE TABLE texts (id INT, a VARCHAR, r VARCHAR) WITH (${sls}, startTime = '2020-01-01 00:00:00', stopTime = '2100-01-01 00:00:00');
        CREATE TABLE back (id INT, a ARRAY<INT>, r ROW<n VARCHAR, m ARRAY<BOOLEAN>>) WITH (${sls}, startTime = '2020-01-01 00:00:00', stopTime = '2100-01-01 00:00:00');`);
      await results.find((one) => one.job !== undefined)?.job?.done;
      expect(await engine.query('SELECT * FROM texts ORDER BY id').toArray()).toEqual([
        { id: 1, a: '[1,null]', r: '{"n":"x","m":[true]}' },
        { id: 2, a: '[]', r: null },
        { id: 3, a: null, r: '{"n":"y","m":null}' },
      ]);
      expect(await engine.query('SELECT a[1] AS one, r.m FROM back ORDER BY id').toArray()).toEqual([
        { one: 1, m: [true] },
        { one: null, m: null },
        { one: null, m: null },
      ]);
      await expect(engine.query("SELECT id FROM back WHERE r.n = 'y' AND a IS NULL").toArray()).resolves.toEqual([
        { id: 3 },
      ]);
    } finally {
      await service.close();
    }
  });

  it('has no MAP', async () => {
    await using engine = await Engine.open();
    const failure = engine
      .execute(
        `CREATE TABLE m (a MAP<VARCHAR, INT>) WITH (type = 'sls', endPoint = 'http://127.0.0.1:1', project = 'p',
           logStore = 'l', accessId = 'a', accessKey = 'k')`,
      )
      .then(() => engine.query('SELECT * FROM m').toArray());
    await expect(failure).rejects.toThrow('column "a" of connector "sls" cannot be MAP<VARCHAR, INT>');
  });
});

describe('generated rows with nested columns', () => {
  it('have two elements, or all fields, and are the same for one seed', async () => {
    await using engine = await Engine.open();
    await engine.execute(
      "CREATE TABLE r (a ARRAY<INT>, m MAP<VARCHAR, ROW<x BIGINT, y BOOLEAN>>) WITH (type = 'random', rows = '3', seed = '1')",
    );
    const sql = 'SELECT CARDINALITY(a) AS n, CARDINALITY(m) AS e, CAST(m AS VARCHAR) AS t FROM r';
    const rows = await engine.query(sql).toArray();
    expect(rows.map((row) => [row['n'], row['e']])).toEqual(Array(3).fill([2, 2]));
    expect(await engine.query(sql).toArray()).toEqual(rows);
  });
});
