import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { Random } from '../support/random-cells.ts';
import { putGroups, slsOptions, wholeStore } from '../support/sls-store.ts';

const seed = Number(process.env['SEED'] ?? 20261121);

let service: LogService;
let engine: Engine;

beforeAll(async () => {
  const names = [
    'types',
    'nulls',
    'texts',
    'big',
    'attr',
    'part',
    'left_side',
    'right_side',
    'joint',
    'split',
    'zone',
    'bytes',
  ];
  service = await LogService.start({ port: 0, init: names.map((name) => `p/${name}:4`) });
  engine = await Engine.open({ onWarning: () => undefined });
});
afterAll(async () => {
  await engine.close();
  await service.close();
});

/** Declares a source `name` and a sink `name_out` on one log store. */
async function declare(name: string, columns: string, sink = '', source = wholeStore, computed = ''): Promise<void> {
  await engine.execute(`
    CREATE TABLE ${name} (${columns}${computed}) WITH (${slsOptions(service.url, name, source)});
    CREATE TABLE ${name}_out (${columns}) WITH (${slsOptions(service.url, name, sink)});`);
}

async function run(script: string): Promise<void> {
  const job = await engine.submit(script);
  await job.done;
}

const everyType = `id INT, y TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, e DECIMAL(10, 2), w DECIMAL(38, 18),
  o BOOLEAN, s VARCHAR, ts TIMESTAMP, dt DATE, tm TIME`;

describe(`log stores written and read by whole jobs (SEED=${seed})`, () => {
  it('gives back every type as it was', async () => {
    const rows = [
      [
        1,
        -128,
        -32768,
        -2147483648,
        -9223372036854775808n,
        1.5,
        0.1,
        '-99999999.99',
        '-12345678901234567890.123456789012345678',
        true,
        'a',
        '1970-01-01 00:00:00',
        '1969-12-31',
        '00:00:00',
      ],
      [
        2,
        127,
        32767,
        2147483647,
        9223372036854775807n,
        -3.25e10,
        1e300,
        '0.01',
        '0.000000000000000001',
        false,
        '中文 😀 "\\ \n\t',
        '2024-02-29 23:59:59',
        '9999-12-31',
        '23:59:59',
      ],
      [3, 0, 0, 0, 0n, 0, 5e-324, '0.00', '0', null, "it's", '2038-01-19 03:14:08', '0001-01-01', '12:34:56'],
      [4, ...Array.from({ length: 13 }, () => null)],
      [5, 1, 1, 1, 1n, 'NaN', 'Infinity', '1', '1', true, 'NULL', '1969-12-31 23:59:59', '2000-02-29', '01:02:03'],
    ];
    engine.registerTable('given', {
      columns: everyType.split(/,(?![^(]*\))/).map((one) => {
        const [name = '', ...type] = one.trim().split(' ');
        return { name, type: type.join(' ') };
      }),
      rows,
    });
    await declare('types', everyType);
    await run('INSERT INTO types_out SELECT * FROM given');
    const order = (list: { readonly id?: unknown }[]): unknown[] => list.sort((a, b) => Number(a.id) - Number(b.id));
    const back = order(await engine.query('SELECT * FROM types').toArray());
    expect(back).toEqual(order(await engine.query('SELECT * FROM given').toArray()));
    expect(back.length).toBe(5);
  });

  it('keeps the empty text and NULL apart, unless NULL is to be written as empty', async () => {
    engine.registerTable('some', {
      columns: [
        { name: 'id', type: 'INT' },
        { name: 's', type: 'VARCHAR' },
      ],
      rows: [
        [1, ''],
        [2, null],
        [3, ' '],
      ],
    });
    await declare('nulls', 'id INT, s VARCHAR');
    await declare('texts', 'id INT, s VARCHAR', `writeNullProperties='true'`);
    await run('INSERT INTO nulls_out SELECT * FROM some; INSERT INTO texts_out SELECT * FROM some');
    const of = async (table: string): Promise<unknown[]> =>
      (await engine.query(`SELECT id, s FROM ${table}`).toArray())
        .sort((a, b) => Number(a['id']) - Number(b['id']))
        .map((row) => row['s']);
    expect(await of('nulls')).toEqual(['', null, ' ']);
    expect(await of('texts')).toEqual(['', '', ' ']);
  });

  it('carries values of 1 MB, in several requests where they are many', async () => {
    const long = (i: number): string => `${String.fromCharCode(0x4e00 + i)}${'x'.repeat((1 << 20) - 10)}${i}`;
    engine.registerTable('large', {
      columns: [
        { name: 'id', type: 'INT' },
        { name: 's', type: 'VARCHAR' },
      ],
      rows: Array.from({ length: 8 }, (_, i) => [i, long(i)]),
    });
    await declare('big', 'id INT, s VARCHAR');
    await run('INSERT INTO big_out SELECT * FROM large');
    const back = await engine.query('SELECT id, s FROM big').toArray();
    expect(back.length).toBe(8);
    for (const row of back) expect(row['s'] === long(Number(row['id']))).toBe(true);
    const sizes = await engine.query('SELECT MAX(CHAR_LENGTH(s)) AS n, COUNT(DISTINCT s) AS k FROM big').toArray();
    expect(sizes).toEqual([{ n: long(0).length, k: 8n }]);
  });

  it('writes topic, source and time from columns and leaves them out of the content', async () => {
    await engine.execute(`
      CREATE TABLE attr_out (id INT, t VARCHAR, s VARCHAR, at INT) WITH (${slsOptions(service.url, 'attr', `topic='t', source='s', timestampColumn='at'`)});
      CREATE TABLE attr (id INT, t VARCHAR, s VARCHAR, at INT, __topic__ VARCHAR HEADER, __source__ VARCHAR HEADER, __timestamp__ BIGINT HEADER)
        WITH (${slsOptions(service.url, 'attr', wholeStore)});`);
    const random = new Random(seed);
    const rows = Array.from({ length: 200 }, (_, id) => [
      id,
      random.pick(['web', '主题', '', null]),
      random.pick(['10.0.0.1', null]),
      1_600_000_000 + random.below(1000),
    ]);
    engine.registerTable('logs', {
      columns: [
        { name: 'id', type: 'INT' },
        { name: 't', type: 'VARCHAR' },
        { name: 's', type: 'VARCHAR' },
        { name: 'at', type: 'INT' },
      ],
      rows,
    });
    await run('INSERT INTO attr_out SELECT * FROM logs');
    const back = await engine.query('SELECT * FROM attr').toArray();
    expect(
      new Map(back.map((row) => [row['id'], [row['t'], row['s'], row['at'], row['__topic__'], row['__timestamp__']]])),
    ).toEqual(new Map(rows.map(([id, t, , at]) => [id, [null, null, null, t ?? '', BigInt(Number(at))]])));
    const withSource = rows.filter(([, , s]) => s !== null).map(([id]) => id);
    expect(
      back
        .filter((row) => row['__source__'] === '10.0.0.1')
        .map((row) => row['id'])
        .sort(),
    ).toEqual(expect.arrayContaining([...withSource].sort()));
  });

  it("keeps equal keys in one shard and in order with mode='partition'", async () => {
    const random = new Random(seed + 1);
    const rows = Array.from({ length: 3000 }, (_, id) => [id, random.chance(0.05) ? null : `k${random.below(40)}`]);
    engine.registerTable('keyed', {
      columns: [
        { name: 'id', type: 'INT' },
        { name: 'k', type: 'VARCHAR' },
      ],
      rows,
    });
    await declare('part', 'id INT, k VARCHAR', `mode='partition', partitionColumn='k', batchSize='64'`);
    await run('INSERT INTO part_out SELECT * FROM keyed');
    const found = new Map<string, number>();
    let total = 0;
    for (let shard = 0; shard < 4; shard++) {
      await engine.execute(
        `CREATE TABLE part${shard} (id INT, k VARCHAR) WITH (${slsOptions(service.url, 'part', `${wholeStore}, shards='${shard}'`)})`,
      );
      const last = new Map<unknown, number>();
      for (const { id, k } of await engine.query(`SELECT id, k FROM part${shard}`).toArray({ text: true })) {
        total++;
        expect(Number(id)).toBeGreaterThan(last.get(k) ?? -1);
        last.set(k, Number(id));
        if (k === null || k === undefined) continue;
        expect(found.get(k) ?? shard, `key ${k}`).toBe(shard);
        found.set(k, shard);
      }
    }
    expect(total).toBe(3000);
    expect(new Set(found.values()).size).toBeGreaterThan(1);
  });

  it('reads two log stores and writes two others in one job', async () => {
    await declare('left_side', 'id INT, s VARCHAR');
    await declare('right_side', 'id INT, s VARCHAR');
    await declare('joint', 'id INT, s VARCHAR');
    await declare('split', 'id INT, s VARCHAR');
    const logs = (from: number, count: number): { logs: { time: number; contents: [string, string][] }[] } => ({
      logs: Array.from({ length: count }, (_, i) => ({
        time: 1,
        contents: [
          ['s', `v${i % 7}`],
          ['id', String(from + i)],
        ],
      })),
    });
    await putGroups(service, 'left_side', [
      [logs(0, 500), 'lz4', '00000000000000000000000000000000'],
      [logs(500, 500), 'deflate', 'f0000000000000000000000000000000'],
    ]);
    await putGroups(service, 'right_side', [[logs(1000, 300), 'none']]);
    await run(`
      CREATE VIEW both_sides AS SELECT id, s FROM left_side UNION ALL SELECT id, s FROM right_side;
      INSERT INTO joint_out SELECT id, s FROM both_sides;
      INSERT INTO split_out SELECT id, s FROM both_sides WHERE s = 'v3' OR id < 10;`);
    const ids = async (table: string): Promise<number[]> =>
      (await engine.query(`SELECT id FROM ${table}`).toArray()).map((row) => Number(row['id'])).sort((a, b) => a - b);
    const all = Array.from({ length: 1300 }, (_, i) => i);
    expect(await ids('joint')).toEqual(all);
    expect(await ids('split')).toEqual(all.filter((id) => (id < 1000 ? id % 500 : id - 1000) % 7 === 3 || id < 10));
  });

  it('reads and writes TIMESTAMP texts in the zone of the table', async () => {
    await engine.execute(`
      CREATE TABLE zone_out (id INT, ts TIMESTAMP) WITH (${slsOptions(service.url, 'zone', `timeZone='Asia/Shanghai', reserveMilliSecond='true'`)});
      CREATE TABLE zone_texts (id INT, ts VARCHAR) WITH (${slsOptions(service.url, 'zone', wholeStore)});
      CREATE TABLE zone_back (id INT, ts TIMESTAMP) WITH (${slsOptions(service.url, 'zone', `${wholeStore}, timeZone='Asia/Shanghai'`)});
      CREATE TABLE zone_utc (id INT, ts TIMESTAMP) WITH (${slsOptions(service.url, 'zone', wholeStore)});`);
    engine.registerTable('instants', {
      columns: [
        { name: 'id', type: 'INT' },
        { name: 'ts', type: 'TIMESTAMP(3)' },
      ],
      rows: [[1, '2024-01-01 20:00:00.123']],
    });
    await run('INSERT INTO zone_out SELECT * FROM instants');
    expect(await engine.query('SELECT ts FROM zone_texts').toArray()).toEqual([{ ts: '2024-01-02 04:00:00.123' }]);
    expect(await engine.query('SELECT ts FROM zone_back').toArray()).toEqual([{ ts: '2024-01-01 20:00:00.123' }]);
    expect(await engine.query('SELECT ts FROM zone_utc').toArray()).toEqual([{ ts: '2024-01-02 04:00:00.123' }]);
  });

  it('writes VARBINARY as it is, also where it is no text', async () => {
    await declare('bytes', 'id INT, x VARBINARY');
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    engine.registerTable('binary', {
      columns: [
        { name: 'id', type: 'INT' },
        { name: 'x', type: 'VARBINARY' },
      ],
      rows: [
        [1, all],
        [2, new Uint8Array(0)],
        [3, null],
      ],
    });
    await run('INSERT INTO bytes_out SELECT * FROM `binary`');
    const back = await engine.query('SELECT id, x FROM `bytes`').toArray();
    expect(new Map(back.map((row) => [row['id'], row['x']]))).toEqual(
      new Map([
        [1, all],
        [2, new Uint8Array(0)],
        [3, null],
      ]),
    );
  });
});
