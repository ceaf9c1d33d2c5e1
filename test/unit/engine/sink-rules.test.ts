import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sink-rules-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a script over a table `t` with NULLs. @returns the lines written and the warnings */
async function run(
  script: string,
  compatibility: 'blink' | 'flink' = 'blink',
): Promise<{ lines: string[]; warnings: string[] }> {
  // The file sink appends.
  rmSync(`${folder}/out`, { force: true });
  const warnings: string[] = [];
  const onWarning = (line: string): unknown => warnings.push(line);
  const engine = await Engine.open({ timeZone: 'UTC', settings: { 'sql.compatibility': compatibility }, onWarning });
  try {
    const columns = [
      { name: 'a', type: 'VARCHAR' },
      { name: 'b', type: 'INT' },
    ];
    engine.registerTable('t', {
      columns,
      rows: [
        ['abcdef', 1],
        [null, 2],
        ['c', null],
      ],
    });
    const file = `(type = 'file', path = '${folder}/out', format = 'csv')`;
    const job = await engine.submit(script.replaceAll('$OUT', `WITH ${file}`));
    await job.done;
    return { lines: readFileSync(`${folder}/out`, 'utf8').trim().split('\n'), warnings };
  } finally {
    await engine.close();
  }
}

describe.each(['blink', 'flink'] as const)('NOT NULL of a result table under %s', (compatibility) => {
  const script = 'CREATE TABLE o (a VARCHAR, b BIGINT NOT NULL) $OUT; INSERT INTO o SELECT a, b FROM t;';

  it('ends the job at the first NULL', async () => {
    await expect(run(script, compatibility)).rejects.toThrow('column "b" of table "o" is NOT NULL');
  });

  it('drops such rows where SET says so, and tells at the end', async () => {
    const { lines, warnings } = await run(`SET 'table.exec.sink.not-null-enforcer' = 'drop'; ${script}`, compatibility);
    expect(lines).toEqual(['abcdef,1', ',2']);
    expect(warnings).toEqual(['1 row was not written because a NOT NULL column of the table would be NULL']);
  });

  it('lets rows pass that have no NULL there', async () => {
    const { lines } = await run(script.replace('FROM t', 'FROM t WHERE b IS NOT NULL'), compatibility);
    expect(lines).toEqual(['abcdef,1', ',2']);
  });
});

describe('columns of the primary key', () => {
  const script = 'CREATE TABLE o (a VARCHAR, b INT, PRIMARY KEY (a)) $OUT; INSERT INTO o SELECT a, b FROM t;';

  it('are NOT NULL under Flink alone', async () => {
    await expect(run(script, 'flink')).rejects.toThrow('column "a" of table "o" is NOT NULL');
    expect((await run(script)).lines).toEqual(['abcdef,1', ',2', 'c,']);
  });

  it('may not be left out under Flink', async () => {
    const left = 'CREATE TABLE o (a VARCHAR, b INT, PRIMARY KEY (a)) $OUT; INSERT INTO o (b) SELECT b FROM t;';
    await expect(run(left, 'flink')).rejects.toThrow('column "a" is NOT NULL and gets no value');
    expect((await run(left)).lines).toEqual([',1', ',2', ',']);
  });
});

describe('declared lengths of a result table', () => {
  const script = 'CREATE TABLE o (a VARCHAR(3), b INT) $OUT; INSERT INTO o SELECT a, b FROM t;';

  it('do not matter until SET says so', async () => {
    expect((await run(script)).lines[0]).toBe('abcdef,1');
    const trimming = `SET table.exec.sink.type-length-enforcer = TRIM_PAD; ${script}`;
    expect((await run(trimming)).lines).toEqual(['abc,1', ',2', 'c,']);
    await expect(run(trimming.replace('TRIM_PAD', 'ERROR'))).rejects.toThrow('gives a value of length 6');
  });
});
