import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine.ts';
import { changesOfQuery } from '../../support/rows-of.ts';

let folder: string;
let engine: Engine;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-functions-'));
  engine = await Engine.open({ onWarning: () => undefined });
});
afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const module = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const run = (script: string): ReturnType<Engine['execute']> =>
  engine.execute(script, { name: join(folder, 'job.sql') });
const value = async (sql: string): Promise<string | undefined> =>
  (await changesOfQuery(engine, `SELECT ${sql}`))[0]?.slice(3);

const length = `export default { doc: 'How long.', args: ['VARCHAR'], returns: 'INT', row: (s) => s.length };`;

describe('CREATE FUNCTION', () => {
  it('finds the module beside the script, in a folder below, by absolute path', async () => {
    module('length.mjs', length);
    mkdirSync(join(folder, 'lib'));
    module('lib/length.cjs', length.replace('export default', 'module.exports ='));
    const [result] = await run(`CREATE FUNCTION a AS './length.mjs'`);
    expect(result).toMatchObject({ kind: 'ddl', message: 'scalar function "a" created' });
    await run(`CREATE TEMPORARY FUNCTION b AS 'lib/length.cjs' LANGUAGE JAVASCRIPT`);
    await run(`CREATE FUNCTION IF NOT EXISTS c AS '${join(folder, 'length.mjs')}'`);
    expect(await value(`a('four'), b('four'), C('four')`)).toBe('4 4 4');
  });

  it('is heeded by EXPLAIN, check and jobs of the same script', async () => {
    module('length.mjs', length);
    const script = `CREATE OR REPLACE FUNCTION len2 AS './length.mjs';
      CREATE TABLE src (s VARCHAR) WITH (type = 'random', rows = '3'); CREATE TABLE out1 (n INT) WITH (type = 'blackhole');
      INSERT INTO out1 SELECT len2(s) FROM src;`;
    const options = { name: join(folder, 'job.sql') };
    const fresh = await Engine.open({ onWarning: () => undefined });
    expect(await fresh.check(script, options)).toEqual(['4 statements, 1 INSERT, 0 queries: no mistakes found']);
    await fresh.close();
    expect(await engine.explain(script, options)).toContain('LEN2(s)');
    await engine.execute('DROP TABLE src; DROP TABLE out1');
    const job = await engine.submit(script, options);
    await job.done;
    expect(job.status).toBe('finished');
  });

  it('reads a file again that has changed', async () => {
    module('f.mjs', `export default { returns: 'INT', row: () => 1 };`);
    await run(`CREATE FUNCTION f AS './f.mjs'`);
    expect(await value('f()')).toBe('1');
    module('f.mjs', `export default { returns: 'INT', row: () => 2 };`);
    utimesSync(join(folder, 'f.mjs'), new Date(), new Date(Date.now() + 5000));
    await run(`CREATE OR REPLACE FUNCTION f AS './f.mjs'`);
    expect(await value('f()')).toBe('2');
  });

  it('keeps, replaces and drops by its words', async () => {
    module('one.mjs', `export default { returns: 'INT', row: () => 1 };`);
    module('two.mjs', `export default { returns: 'INT', row: () => 2 };`);
    await run(`CREATE FUNCTION f AS './one.mjs'`);
    await expect(run(`CREATE FUNCTION F AS './two.mjs'`)).rejects.toMatchObject({ code: 'PLAN_DUPLICATE_NAME' });
    await run(`CREATE FUNCTION IF NOT EXISTS f AS './two.mjs'`);
    expect(await value('f()')).toBe('1');
    await run(`CREATE OR REPLACE FUNCTION f AS './two.mjs'`);
    expect(await value('f()')).toBe('2');
    await run('DROP FUNCTION f; DROP FUNCTION IF EXISTS f');
    await expect(run('DROP FUNCTION f')).rejects.toMatchObject({ code: 'PLAN_UNKNOWN_FUNCTION' });
    await expect(run('DROP FUNCTION UPPER')).rejects.toMatchObject({
      message: 'function "UPPER" is built in and stays',
    });
    await expect(value('f()')).rejects.toMatchObject({ code: 'PLAN_UNKNOWN_FUNCTION' });
  });

  it('shows in SHOW FUNCTIONS and DESCRIBE FUNCTION', async () => {
    module('length.mjs', length);
    await run(`CREATE FUNCTION how_long AS './length.mjs'`);
    const [shown] = await engine.execute(`SHOW FUNCTIONS LIKE 'how%'`);
    expect(shown?.rows).toEqual([['HOW_LONG', 'user', 'HOW_LONG(VARCHAR)', 'How long.']]);
    const [described] = await engine.execute('DESCRIBE FUNCTION how_long');
    expect(described?.rows).toEqual([
      ['function', 'HOW_LONG'],
      ['kind', 'scalar'],
      ['category', 'user'],
      ['call', 'HOW_LONG(VARCHAR)'],
      ['what it does', 'How long.'],
      ['from', './length.mjs'],
      ['where it fails', 'fail'],
    ]);
    const [builtin] = await engine.execute('DESCRIBE FUNCTION LEFT');
    expect(builtin?.rows?.[0]).toEqual(['function', 'LEFT']);
    const [split] = await engine.execute('DESC FUNCTION string_split');
    expect(split?.rows).toContainEqual(['kind', 'table']);
    await expect(engine.execute('DESCRIBE FUNCTION how_lng')).rejects.toMatchObject({
      hint: expect.stringContaining('Did you mean "HOW_LONG"?'),
    });
  });

  it('says at its place what is wrong with the module', async () => {
    module('none.mjs', 'export const f = 1;');
    module('broken.mjs', 'export default {');
    module('throws.mjs', `throw new Error('not today');`);
    module('empty.mjs', 'export default { args: [] };');
    module('typed.ts', length);
    for (const [path, message] of [
      ['./nowhere.js', `module './nowhere.js' does not exist`],
      ['com.example.F', `'com.example.F' is no JavaScript module`],
      ['./none.mjs', `module './none.mjs' has no default export`],
      ['./throws.mjs', `module './throws.mjs' cannot be loaded: Error: not today`],
      ['./empty.mjs', 'function "f" does not say what it returns'],
    ] as const) {
      await expect(run(`CREATE FUNCTION f AS '${path}'`), path).rejects.toMatchObject({ message });
    }
    await expect(run(`CREATE FUNCTION f AS './broken.mjs'`)).rejects.toMatchObject({ code: 'FUNCTION_MODULE' });
    await expect(run(`CREATE FUNCTION f AS './none.mjs' LANGUAGE JAVA`)).rejects.toMatchObject({
      message: 'functions in JAVA do not run here',
    });
    if (!('typescript' in process.features)) {
      await expect(run(`CREATE FUNCTION f AS './typed.ts'`)).rejects.toMatchObject({
        message: `module './typed.ts' is TypeScript, which this version of Node does not run`,
      });
    }
    const failure: unknown = await run(`SELECT 1;\nCREATE FUNCTION f AS './nowhere.js'`).catch(
      (error: unknown) => error,
    );
    expect(engine.renderError(failure)).toBe(
      [
        `error[FUNCTION_MODULE]: module './nowhere.js' does not exist`,
        `  --> ${folder}/job.sql:2:22`,
        ` 2 | CREATE FUNCTION f AS './nowhere.js'`,
        `   |                      ^^^^^^^^^^^^^^`,
        `hint: It is looked for at ${folder}/nowhere.js: paths are relative to the script.`,
      ].join('\n'),
    );
  });

  it('is what failures of its function point at', async () => {
    module(
      'fails.mjs',
      `export default { args: ['INT'], returns: 'INT', row: () => { throw new TypeError('no way'); } };`,
    );
    await run(`CREATE FUNCTION f AS './fails.mjs'`);
    const failure: unknown = await value('f(x) FROM (VALUES (1), (2)) AS t (x)').catch((error: unknown) => error);
    expect(engine.renderError(failure)).toContain(`note: function "f" is created at ${folder}/job.sql:1:22`);
    expect(failure).toMatchObject({ code: 'FUNCTION_FAILED', message: 'function "f" threw: no way' });
  });
});
