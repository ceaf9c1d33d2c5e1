import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine, type StatementResult } from '../../../src/index.ts';

let engine: Engine;
let warnings: string[];
beforeEach(async () => {
  warnings = [];
  engine = await Engine.open({ onWarning: (line) => warnings.push(line) });
});
afterEach(() => engine.close());

async function run(script: string): Promise<StatementResult[]> {
  const results = await engine.execute(script);
  for (const one of results) await one.job?.done;
  return results;
}

async function text(script: string): Promise<string> {
  return (await run(script)).at(-1)?.message ?? '';
}

async function cells(script: string): Promise<readonly (readonly (string | null)[])[]> {
  return (await run(script)).at(-1)?.rows ?? [];
}

async function rows(sql: string): Promise<unknown[][]> {
  return (await engine.query(sql).toArray({ text: true })).map((row) => Object.values(row));
}

const source = `CREATE TABLE a (
  k INT, v VARCHAR COMMENT 'value', h VARCHAR HEADER, x AS k + 1, ts AS TO_TIMESTAMP(k),
  WATERMARK FOR ts AS withOffset(ts, 10), PRIMARY KEY (k), INDEX (v)
) COMMENT 'all' WITH (type = 'sls', endPoint = '127.0.0.1:1', project = 'p', logStore = 'l', accessId = 'i', accessKey = 'hunter2');
CREATE TABLE numbers (n INT) WITH (type = 'random', rows = '5', fields.n.kind = 'sequence');`;

/** Elements and options of a declaration, one a line. */
async function declared(name: string): Promise<string[]> {
  const lines = (await text(`SHOW CREATE TABLE ${name}`)).split('\n');
  return lines
    .map((line) => line.trim().replace(/,$/, ''))
    .filter((line) => /^[a-zA-Z_]/.test(line) && !/^CREATE/.test(line));
}

describe('CREATE TABLE … LIKE', () => {
  beforeEach(() => run(source));

  it('takes everything over', async () => {
    await run('CREATE TABLE b LIKE a');
    expect(await text('SHOW CREATE TABLE b')).toBe((await text('SHOW CREATE TABLE a')).replace('TABLE a', 'TABLE b'));
    expect(await text('SHOW CREATE TABLE b')).not.toContain('hunter2');
  });

  it.each([
    ['EXCLUDING GENERATED EXCLUDING WATERMARKS', /^(x|ts|WATERMARK)\b/],
    ['EXCLUDING METADATA', /^h\b/],
    ['EXCLUDING CONSTRAINTS', /^(PRIMARY|INDEX)/],
    ['EXCLUDING ALL INCLUDING OPTIONS', /^(x|ts|WATERMARK|h|PRIMARY|INDEX)\b/],
  ])('leaves out what is named: %s', async (rules, gone) => {
    const before = await declared('a');
    await run(`CREATE TABLE b LIKE a (${rules})`);
    expect(await declared('b')).toEqual(before.filter((line) => !gone.test(line)));
  });

  it('overwrites computed columns, watermark and options where it is told to', async () => {
    await run(
      `CREATE TABLE b (x AS k * 2, WATERMARK FOR ts AS ts) WITH (LOGSTORE = 'other')
       LIKE a (OVERWRITING GENERATED OVERWRITING WATERMARKS)`,
    );
    const lines = await declared('b');
    expect(lines).toContain('x AS k * 2');
    expect(lines).not.toContain('x AS k + 1');
    expect(lines.filter((line) => /^(WATERMARK|log)/i.test(line))).toEqual([
      'WATERMARK FOR ts AS ts',
      "LOGSTORE = 'other'",
    ]);
  });

  it('changes the connector, by either name of the key', async () => {
    await run("CREATE TABLE b WITH ('connector' = 'blackhole') LIKE a (EXCLUDING OPTIONS EXCLUDING METADATA)");
    expect((await cells("SHOW TABLES LIKE 'b'"))[0]).toEqual(['b', 'table', 'blackhole']);
    await run("CREATE TABLE c WITH ('connector' = 'random') LIKE numbers");
    expect(await rows('SELECT COUNT(*) FROM c')).toEqual([['5']]);
  });

  it('is independent of the table it was made of', async () => {
    await run('CREATE TABLE b LIKE numbers; DROP TABLE numbers;');
    expect(await rows('SELECT MAX(n) FROM b')).toEqual([['4']]);
  });
});

describe('CREATE TABLE … AS', () => {
  beforeEach(() => run(source));

  it('has the columns of the query, texts without length', async () => {
    await run(
      `CREATE TABLE b WITH (type = 'blackhole') AS
       SELECT n, 'ab' AS s, CAST(n AS DECIMAL(13, 2)) AS d, CAST(n AS BIGINT) AS l, ARRAY[n] AS arr, MAP['k', n] AS m, TIMESTAMP '2020-01-01 00:00:00' AS t FROM numbers`,
    );
    expect((await cells('DESCRIBE b')).map(([name, type]) => `${name} ${type}`)).toEqual([
      'n INT',
      's VARCHAR',
      'd DECIMAL(13, 2)',
      'l BIGINT',
      'arr ARRAY<INT>',
      'm MAP<VARCHAR, INT>',
      't TIMESTAMP(3)',
    ]);
  });

  it('puts own columns first, with their types, and fills the rest with NULL', async () => {
    const [created, started] = await run(
      `CREATE TABLE b (extra DATE, n BIGINT, twice AS n * 2, PRIMARY KEY (n)) WITH (type = 'blackhole')
       AS SELECT 'x' AS s, n FROM numbers`,
    );
    expect([created?.message, started?.kind, started?.job?.status]).toEqual(['table "b" created', 'job', 'finished']);
    expect((await cells('DESCRIBE b')).map((row) => row.slice(0, 2).join(' '))).toEqual([
      'extra DATE',
      'n BIGINT',
      'twice BIGINT',
      's VARCHAR',
    ]);
  });

  it('orders columns by a list of names', async () => {
    await run("CREATE TABLE b (s, n) WITH (type = 'blackhole') AS SELECT n, 'x' AS s FROM numbers");
    expect((await cells('SHOW COLUMNS FROM b')).map(([name]) => name)).toEqual(['s', 'n']);
  });

  it('declares nothing where its INSERT does not fit', async () => {
    await expect(run("CREATE TABLE b WITH (type = 'random') AS SELECT 1 AS a")).rejects.toThrow('cannot be written');
    await expect(
      run("CREATE TABLE b (n VARCHAR, s INT) WITH (type = 'blackhole') AS SELECT 'x' AS s FROM numbers"),
    ).rejects.toThrow('is INT and the query gives');
    await expect(run('SELECT * FROM b')).rejects.toThrow('table "b" does not exist');
    await expect(run("CREATE OR REPLACE TABLE numbers WITH (type = 'random') AS SELECT 1 AS a")).rejects.toThrow();
    expect(await rows('SELECT COUNT(n) FROM numbers')).toEqual([['5']]);
  });

  it('is left alone by IF NOT EXISTS, and replaced by OR REPLACE', async () => {
    const results = await run("CREATE TABLE IF NOT EXISTS numbers WITH (type = 'blackhole') AS SELECT 1 AS a");
    expect(results.map((one) => one.message)).toEqual(['table "numbers" is kept']);
    await run("CREATE OR REPLACE TABLE numbers WITH (type = 'blackhole') AS SELECT 1 AS q");
    expect(await declared('numbers')).toEqual(['q INT', "type = 'blackhole'"]);
  });

  it('is planned by EXPLAIN and left undone', async () => {
    expect(await text("EXPLAIN CREATE TABLE b WITH (type = 'blackhole') AS SELECT n FROM numbers")).toContain('Sink b');
    expect(engine.tables().map((one) => one.name)).not.toContain('b');
  });

  it('is part of the job of a script', async () => {
    const job = await engine.submit(
      "CREATE TABLE b WITH (type = 'blackhole') AS SELECT n FROM numbers; INSERT INTO b SELECT n + 1 FROM numbers;",
    );
    await job.done;
    expect(job.progress().rows).toBe(5);
    expect(await engine.check("CREATE TABLE c WITH (type = 'blackhole') AS SELECT n FROM numbers")).toEqual([
      '1 statement, 1 INSERT, 0 queries: no mistakes found',
    ]);
  });
});

describe('ALTER TABLE', () => {
  beforeEach(() => run(source));

  it.each([
    [
      'ADD z INT',
      ['k INT', "v VARCHAR COMMENT 'value'", 'h VARCHAR HEADER', 'x AS k + 1', 'ts AS TO_TIMESTAMP(k)', 'z INT'],
    ],
    ['ADD (z INT FIRST, y AS k AFTER k)', ['z INT', 'k INT', 'y AS k', "v VARCHAR COMMENT 'value'"]],
    ['MODIFY v BIGINT FIRST', ['v BIGINT', 'k INT', 'h VARCHAR HEADER']],
    ['MODIFY x AS k + 2', ['k INT', "v VARCHAR COMMENT 'value'", 'h VARCHAR HEADER', 'x AS k + 2']],
    ['RENAME h TO g', ['k INT', "v VARCHAR COMMENT 'value'", "g VARCHAR METADATA FROM 'h'"]],
    ['DROP (x, h)', ['k INT', "v VARCHAR COMMENT 'value'", 'ts AS TO_TIMESTAMP(k)']],
  ])('%s', async (action, expected) => {
    await run(`ALTER TABLE a ${action}`);
    expect((await declared('a')).slice(0, expected.length)).toEqual(expected);
  });

  it('renames a column in what uses it', async () => {
    await run('ALTER TABLE a RENAME k TO `k 2`; ALTER TABLE a RENAME v TO w; ALTER TABLE a RENAME ts TO time;');
    const lines = await declared('a');
    expect(lines).toEqual(
      expect.arrayContaining([
        'x AS `k 2` + 1',
        'WATERMARK FOR `time` AS withOffset(`time`, 10)',
        'PRIMARY KEY (`k 2`)',
        'INDEX (w)',
      ]),
    );
  });

  it('changes watermark and key', async () => {
    await run(
      "ALTER TABLE a MODIFY WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE; ALTER TABLE a MODIFY PRIMARY KEY (k, v);",
    );
    expect(await declared('a')).toEqual(
      expect.arrayContaining(["WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE", 'PRIMARY KEY (k, v)']),
    );
    await run(
      'ALTER TABLE a DROP WATERMARK; ALTER TABLE a DROP PRIMARY KEY; ALTER TABLE a ADD CONSTRAINT c PRIMARY KEY (v);',
    );
    await run('ALTER TABLE a DROP CONSTRAINT C');
    expect((await declared('a')).join()).not.toMatch(/WATERMARK|PRIMARY/);
    await expect(run('ALTER TABLE a DROP PRIMARY KEY')).rejects.toThrow('table "a" has no primary key');
  });

  it('changes a key written at its column', async () => {
    await run("CREATE TABLE b (k INT PRIMARY KEY, v INT) WITH (type = 'blackhole')");
    await expect(run('ALTER TABLE b DROP k')).rejects.toThrow('column "k" is used by the primary key');
    await expect(run('ALTER TABLE b ADD PRIMARY KEY (v)')).rejects.toThrow('table "b" already has a primary key');
    await run('ALTER TABLE b MODIFY PRIMARY KEY (v)');
    expect(await declared('b')).toEqual(['k INT', 'v INT', 'PRIMARY KEY (v)', "type = 'blackhole'"]);
    await run(
      'ALTER TABLE b DROP PRIMARY KEY; ALTER TABLE b MODIFY k INT PRIMARY KEY; ALTER TABLE b DROP PRIMARY KEY;',
    );
    expect(await declared('b')).toEqual(['k INT', 'v INT', "type = 'blackhole'"]);
    await expect(run('ALTER TABLE b MODIFY UNIQUE (k)')).rejects.toMatchObject({ code: 'PLAN_DDL' });
  });

  it('takes options without case', async () => {
    await run("ALTER TABLE numbers SET ('ROWS' = '2', seed = '9')");
    expect(await rows('SELECT COUNT(*) FROM numbers')).toEqual([['2']]);
    expect(await declared('numbers')).toEqual([
      'n INT',
      "type = 'random'",
      "fields.n.kind = 'sequence'",
      "ROWS = '2'",
      "seed = '9'",
    ]);
    await run("ALTER TABLE numbers RESET ('Seed', rows); ALTER TABLE numbers SET (fields.n.end = '0')");
    expect(await rows('SELECT COUNT(*) FROM numbers')).toEqual([['1']]);
  });

  it('changes nothing where the new declaration does not hold', async () => {
    const before = await declared('a');
    for (const action of [
      'DROP k',
      'ADD q AS nothing + 1',
      "SET (typ = 'x')",
      'RENAME TO numbers',
      "RESET ('project')",
    ]) {
      await expect(run(`ALTER TABLE a ${action}`)).rejects.toThrow();
    }
    expect(await declared('a')).toEqual(before);
  });

  it('keeps the place in the list, and views are checked when they are used', async () => {
    await run('CREATE VIEW w AS SELECT n + 1 AS m FROM numbers; ALTER TABLE numbers RENAME TO digits;');
    expect(engine.tables().map((one) => one.name)).toEqual(['a', 'digits', 'w']);
    await expect(run('SELECT * FROM w')).rejects.toThrow('table "numbers" does not exist');
    await run('ALTER TABLE digits RENAME TO Numbers');
    expect(await rows('SELECT MAX(m) FROM w')).toEqual([['5']]);
  });

  it('does not touch a job that runs', async () => {
    await run(`CREATE TABLE endless (n INT) WITH (type = 'random', rate = '1000');
      CREATE TABLE gone (n INT) WITH (type = 'blackhole')`);
    const job = await engine.submit('INSERT INTO gone SELECT n FROM endless', { jobName: 'lasting' });
    await run("ALTER TABLE endless SET (rows = '1'); ALTER TABLE gone RENAME TO kept; DROP TABLE kept;");
    expect(job.status).toBe('running');
    expect(await text("STOP JOB 'lasting'")).toBe('job "lasting" stopped');
    expect(await cells("SHOW JOBS LIKE 'LAST%'")).toEqual([['lasting', 'stopped', '1']]);
  });

  it('does not alter what has no declaration', async () => {
    engine.registerTable('reg', { columns: [{ name: 'a', type: 'INT' }], rows: [[1]] });
    await expect(run('ALTER TABLE reg ADD b INT')).rejects.toThrow('table "reg" was registered by the program');
    await expect(run('CREATE TABLE b LIKE reg')).rejects.toThrow('registered by the program');
    expect(await text('ALTER TABLE IF EXISTS nothing RENAME TO x')).toBe('table "nothing" does not exist');
  });
});

describe('ALTER VIEW', () => {
  it('gives a view another name or query, and refuses what does not hold', async () => {
    await run(`${source} CREATE VIEW v (m) AS SELECT n FROM numbers; CREATE VIEW u AS SELECT m FROM v;`);
    await run('ALTER VIEW v AS SELECT n AS m, n * 2 AS o FROM numbers');
    expect(await rows('SELECT MAX(o) FROM v')).toEqual([['8']]);
    await expect(run('ALTER VIEW v AS SELECT * FROM u')).rejects.toThrow('uses itself');
    expect(await rows('SELECT MAX(m) FROM u')).toEqual([['4']]);
    await run('ALTER VIEW v RENAME TO w');
    await expect(run('SELECT * FROM u')).rejects.toThrow('table "v" does not exist');
    await expect(run('ALTER VIEW numbers RENAME TO x')).rejects.toThrow('"numbers" is a table, not a view');
  });
});

describe('statement sets', () => {
  it.each([
    'EXECUTE STATEMENT SET BEGIN INSERT INTO b SELECT n FROM numbers; INSERT INTO b SELECT n FROM numbers; END',
    'BEGIN STATEMENT SET; INSERT INTO b SELECT n FROM numbers; INSERT INTO b SELECT n FROM numbers; END;',
  ])('%s', async (set) => {
    await run(`${source} CREATE TABLE b (n INT) WITH (type = 'blackhole')`);
    const results = await run(set);
    expect(results.map((one) => one.kind)).toEqual(['job']);
    // The table is read once for both.
    expect(results[0]?.job?.progress().rows).toBe(5);
    const job = await engine.submit(set);
    await job.done;
    expect(await engine.explain(set)).toContain('(the same as above)');
  });
});

describe('names behind the catalog and database', () => {
  it('are the names themselves', async () => {
    await run(`${source} CREATE TABLE Default_Catalog.default_database.b (n INT) WITH (type = 'blackhole')`);
    await run('INSERT INTO default_database.b SELECT n FROM default_catalog.default_database.numbers');
    expect(await rows('SELECT default_database.numbers.n FROM default_database.numbers WHERE numbers.n = 3')).toEqual([
      ['3'],
    ]);
    expect(await text('DROP TABLE default_database.b')).toBe('table "b" dropped');
    await expect(run('SELECT 1 FROM other.numbers')).rejects.toThrow('name "other.numbers" has several parts');
  });

  it('USE and SHOW know the one catalog and database', async () => {
    expect(await text('USE CATALOG DEFAULT_CATALOG')).toBe('catalog "DEFAULT_CATALOG" is in use');
    expect(await text('USE default_catalog.default_database')).toContain('is in use');
    for (const wrong of [
      'USE CATALOG x',
      'USE x',
      'USE x.default_database',
      'SHOW TABLES FROM x',
      'SHOW DATABASES IN x',
    ]) {
      await expect(run(wrong)).rejects.toMatchObject({ code: 'PLAN_UNKNOWN_TABLE' });
    }
    expect(await cells("SHOW DATABASES FROM default_catalog LIKE 'D%'")).toEqual([['default_database']]);
    expect(await cells("SHOW CATALOGS NOT LIKE '%'")).toEqual([]);
    expect(await cells('SHOW MODULES')).toEqual([['core']]);
  });
});

describe('EXPLAIN with details', () => {
  beforeEach(() => run(source));

  it('shows the kinds of rows on each edge', async () => {
    const plan = await text('EXPLAIN CHANGELOG_MODE SELECT n, COUNT(*) AS c FROM numbers GROUP BY n');
    expect(plan).toMatch(/GroupAggregate.*changes=\+I -U \+U -D\n.*Exchange.*changes=\+I\n.*Scan.*changes=\+I\n/);
    await expect(run('EXPLAIN LOGICAL CHANGELOG_MODE SELECT 1')).rejects.toThrow('does not go with LOGICAL');
  });

  it('gives JSON, and says that there are no costs', async () => {
    const json = JSON.parse(
      await text('EXPLAIN CHANGELOG_MODE, JSON_EXECUTION_PLAN SELECT n + 1 AS m FROM numbers'),
    ) as [{ inputs: [{ attributes: Record<string, string> }] }];
    expect(json[0].inputs[0].attributes['changes']).toBe('+I');
    expect(await text('EXPLAIN ESTIMATED_COST SELECT 1')).toContain('note: no costs are estimated');
    expect(await text('EXPLAIN ESTIMATED_COST FORMAT JSON SELECT 1')).toMatch(/^\[/);
    expect(warnings).toEqual(['no costs are estimated; rules alone decide the plan']);
    expect(await text('EXPLAIN AST FORMAT JSON SELECT 1')).toMatch(/^\{\n {2}"kind": "query"/);
    expect(await text('EXPLAIN FORMAT MERMAID SELECT 1')).toMatch(/^flowchart TD/);
  });

  it('has no plan for other statements', async () => {
    await expect(run('EXPLAIN SHOW TABLES')).rejects.toThrow('only INSERT INTO and SELECT have a plan');
  });
});

describe('jobs', () => {
  it('are found by name and number, a misspelt one is suggested', async () => {
    await run(`${source} CREATE TABLE b (n INT) WITH (type = 'blackhole')`);
    await run('INSERT INTO b SELECT n FROM numbers');
    expect(await text("STOP JOB 'job-1'")).toBe('job "job-1" finished');
    expect(Object.fromEntries((await cells("DESCRIBE JOB '1'")) as [string, string][])).toMatchObject({
      job: 'job-1',
      status: 'finished',
      'rows read': '5',
    });
    await expect(run("STOP JOB 'job-l'")).rejects.toMatchObject({
      code: 'PLAN_UNKNOWN_JOB',
      hint: 'Did you mean "job-1"?  Run: SHOW JOBS.',
      source: { text: "STOP JOB 'job-l'" },
    });
  });
});

describe('METADATA FROM', () => {
  it('reads an attribute under another name', async () => {
    const path = import.meta.filename;
    await run(`CREATE TABLE f (line VARCHAR, file VARCHAR METADATA FROM '__path__' VIRTUAL, no BIGINT METADATA FROM '__line__')
      WITH (type = 'file', path = '${path}', format = 'raw')`);
    expect(await rows('SELECT file, no FROM f WHERE no <= 2')).toEqual([
      [path, '1'],
      [path, '2'],
    ]);
  });
});

describe('small statements', () => {
  it('ANALYZE does nothing and says so', async () => {
    await run(source);
    await run('ANALYZE TABLE numbers COMPUTE STATISTICS FOR COLUMNS n');
    expect(warnings).toEqual(['ANALYZE TABLE changes nothing: plans are made without statistics']);
    await expect(run('ANALYZE TABLE nothing COMPUTE STATISTICS')).rejects.toThrow('table "nothing" does not exist');
  });

  it('SHOW CONNECTOR lists the option that every table takes', async () => {
    for (const name of ['print', 'sls', 'file', 'random', 'blackhole']) {
      const options = (await cells(`SHOW CONNECTOR ${name}`)).map(([option]) => option);
      expect(options.filter((one) => one?.toLowerCase() === 'timezone')).toEqual(['timeZone']);
    }
  });

  it('SHOW USER FUNCTIONS lists functions of the user only', async () => {
    engine.registerFunction({ name: 'plus_one', args: ['INT'], returns: 'INT', row: (x: number) => x + 1 });
    expect((await cells('SHOW USER FUNCTIONS')).map((row) => row[0]?.toUpperCase())).toEqual(['PLUS_ONE']);
    expect(await cells("SHOW USER FUNCTIONS LIKE 'x%'")).toEqual([]);
  });
});
