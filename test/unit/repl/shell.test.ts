import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shellCommands } from '../../../repl/commands/registry.ts';
import { Completer } from '../../../repl/completion.ts';
import { appendHistory, historyEntry, loadHistory } from '../../../repl/history.ts';
import { runInteractive } from '../../../repl/interactive.ts';
import { runPiped } from '../../../repl/piped.ts';
import { Shell } from '../../../repl/shell.ts';
import { SluiceError } from '../../../src/errors/sluice-error.ts';
import { FakeEngine, fakeJob, fakeQuery } from '../../support/fake-engine.ts';

function sink() {
  let text = '';
  return { columns: 80, rows: 24, write: (more: string) => (text += more), text: () => text };
}

/** What a terminal would show: without escape sequences. */
function plain(text: string): string {
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
}

function setup(interactive = false) {
  const engine = new FakeEngine();
  const output = sink();
  const errors = sink();
  const shell = new Shell({ engine, output, errors, color: false, interactive, commands: shellCommands });
  return { engine, output, errors, shell };
}

/** Only against a hang: a busy machine may need seconds for what takes milliseconds. */
const PATIENCE_MS = 25_000;

const one = { kinds: ['+I'] as const, cells: [['1']] };

describe('shell commands', () => {
  it('lists every command in \\?', async () => {
    const { shell, output } = setup();
    await shell.runCommand('\\?');
    for (const command of shellCommands) expect(output.text()).toContain(`  ${command.usage}`);
  });

  it('describes tables', async () => {
    const { shell, output } = setup();
    await shell.runCommand('\\dt');
    await shell.runCommand('\\d access;');
    expect(output.text()).toMatch(/access +│ table │ sls[^]*per_minute │ view[^]*status +│ INT/);
  });

  it('names the command that was meant', async () => {
    const { shell } = setup();
    await expect(shell.runCommand('\\timng')).rejects.toMatchObject({
      message: 'command "\\timng" does not exist in the shell',
      hint: 'Did you mean "\\timing"?',
    });
  });

  it('explains at the stage asked for', async () => {
    const { shell, output } = setup();
    await shell.runCommand('\\explain logical SELECT 1');
    await shell.runCommand('\\explain SELECT 1');
    expect(output.text()).toBe('logical plan of SELECT 1\nphysical plan of SELECT 1\n');
  });

  it('shows a row as lines after \\x', async () => {
    const { shell, engine, output } = setup();
    engine.on('SELECT 1', () => ({ kind: 'query', message: '', result: fakeQuery([one]) }));
    await shell.runCommand('\\x');
    await shell.runScript('SELECT 1;', '<input>');
    expect(output.text()).toContain('── row 1 ──\nn │ 1\n(1 row)\n');
  });

  it('tells how to see values that a table had to cut', async () => {
    const { shell, engine, output } = setup(true);
    const long = { kinds: ['+I'] as const, cells: [['9'.repeat(200)]] };
    for (const [sql, rows] of [
      ['SELECT 1', one],
      ['SELECT 2', long],
    ] as const) {
      engine.on(sql, () => ({ kind: 'query', message: '', result: fakeQuery([rows]) }));
      await shell.runScript(`${sql};`, '<input>');
    }
    const counts = plain(output.text())
      .split('\n')
      .filter((line) => line.startsWith('(1 row)'));
    expect(counts).toEqual(['(1 row)', '(1 row) cut to the width of the terminal: \\x shows whole values']);
    await shell.runCommand('\\x');
    await shell.runScript('SELECT 2;', '<input>');
    expect(plain(output.text()).replace(/\n +│ /g, '')).toContain(`n │ ${'9'.repeat(200)}\n(1 row)\n`);
  });

  it('prints how long a statement took after \\timing', async () => {
    const { shell, engine, output } = setup();
    engine.on('SELECT 1', () => ({ kind: 'query', message: '', result: fakeQuery([one]) }));
    await shell.runCommand('\\timing');
    await shell.runScript('SELECT 1;', '<input>');
    expect(output.text()).toMatch(/\ntime: [0-9.]+ m?s\n$/);
  });

  it('runs a file in order', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-repl-'));
    const { shell, engine, output } = setup();
    const path = join(folder, 'a.sql');
    writeFileSync(path, "SET 'a' = 'b';\nSELECT 1");
    engine.on("SET 'a' = 'b'", () => ({ kind: 'set', message: 'a = b' }));
    engine.on('SELECT 1', () => ({ kind: 'query', message: '', result: fakeQuery([one]) }));
    await shell.runCommand(`\\i ${path}`);
    expect(output.text()).toBe('a = b\n n\n───\n 1\n(1 row)\n');
    await expect(shell.runCommand(`\\i ${join(folder, 'none.sql')}`)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    rmSync(folder, { recursive: true });
  });
});

describe('jobs of the shell', () => {
  it('are numbered, listed, stopped by number and stopped at the end', async () => {
    const { shell, engine, output } = setup(true);
    const jobs = [fakeJob(), fakeJob()];
    let next = 0;
    engine.on('INSERT INTO a SELECT 1', () => ({ kind: 'job', message: 'job "fake" started', job: jobs[next++]! }));
    await shell.runScript('INSERT INTO a SELECT 1;', '<input>');
    await shell.runScript('INSERT INTO a SELECT 1;', '<input>');
    await shell.runCommand('\\stop 1');
    await shell.runCommand('\\jobs');
    expect(output.text()).toContain('job 2 started (\\jobs lists jobs, \\stop 2 ends this one)');
    expect(output.text()).toMatch(/ 1 +│ fake │ stopped │ 12/);
    await shell.close();
    expect(jobs.map((job) => job.status)).toEqual(['stopped', 'stopped']);
  });
});

describe('shell in a pipe', () => {
  it('runs statements in order without prompt and ends with 0', async () => {
    const { shell, engine, output, errors } = setup();
    engine.on("SET 'a' = 'b'", () => ({ kind: 'set', message: 'a = b' }));
    engine.on('SELECT\n1', () => ({ kind: 'query', message: '', result: fakeQuery([one]) }));
    expect(await runPiped(shell, Readable.from(["SET 'a' = 'b'; SELECT\n1\n"]))).toBe(0);
    expect(output.text()).toBe('a = b\n n\n───\n 1\n(1 row)\n');
    expect(errors.text()).toBe('');
  });

  it('ends at the first mistake with 2 and a caret', async () => {
    const { shell, engine, errors } = setup();
    expect(await runPiped(shell, Readable.from(['\\dt\nSELEC 1;\nSELECT 2;\n']))).toBe(2);
    expect(engine.executed).toEqual(['SELEC 1']);
    expect(errors.text()).toContain('error[PARSE_SYNTAX]: "SELEC 1" is not known to the fake\n  --> <input>:1:1\n');
  });

  it('ends with 1 when something fails while running', async () => {
    const { shell, engine } = setup();
    const failure = new SluiceError('SLS_UNREACHABLE', 'nobody is there', { domain: 'external' });
    engine.on('SELECT 1', () => ({ kind: 'query', message: '', result: fakeQuery([], { failure }) }));
    expect(await runPiped(shell, Readable.from(['SELECT 1;']))).toBe(1);
  });

  it('refuses final rows of what never ends', async () => {
    const { shell, engine, errors } = setup();
    engine.on('SELECT 1', () => ({
      kind: 'query',
      message: '',
      result: fakeQuery([], { bounded: false, updating: true }),
    }));
    expect(await runPiped(shell, Readable.from(['SELECT 1;']))).toBe(2);
    expect(errors.text()).toContain('error[PLAN_UNBOUNDED]');
  });
});

describe('shell on a terminal', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sluice-repl-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function terminal() {
    const engine = new FakeEngine();
    const output = sink();
    const input = new PassThrough();
    const historyFile = join(folder, 'history');
    const done = runInteractive({
      input,
      output,
      errors: output,
      historyFile,
      welcome: 'welcome',
      createShell: (screen) =>
        new Shell({ engine, output, errors: screen, color: false, interactive: true, commands: shellCommands }),
    });
    const seen = async (text: string): Promise<void> => {
      await expect.poll(() => plain(output.text()), { interval: 5, timeout: PATIENCE_MS }).toContain(text);
    };
    return { engine, output, input, done, seen, historyFile };
  }

  it('prompts, reads on until the semicolon, answers, leaves with Ctrl-D', async () => {
    const { engine, input, done, seen, historyFile } = terminal();
    engine.on('SELECT\n  1', () => ({ kind: 'query', message: '', result: fakeQuery([one]) }));
    await seen('welcome\n');
    await seen('sluice> ');
    input.write('SELECT\r');
    await seen('   ...> ');
    input.write('  1;\r');
    await seen('(1 row)\n');
    input.write('\u0004');
    expect(await done).toBe(0);
    expect(readFileSync(historyFile, 'utf8')).toBe('SELECT 1;\n');
  });

  it('stops the running query with Ctrl-C and stays', async () => {
    const { engine, input, done, seen, output } = terminal();
    engine.on('SELECT 1', () => ({ kind: 'query', message: '', result: fakeQuery([one], { bounded: false }) }));
    await seen('sluice> ');
    input.write('SELECT 1;\r');
    await seen('1 row · Ctrl-C stops');
    const before = output.text().length;
    input.write('\u0003');
    await expect
      .poll(() => plain(output.text().slice(before)), { interval: 5, timeout: PATIENCE_MS })
      .toContain('sluice> ');
    expect(plain(output.text().slice(before))).toContain('(1 row)');
    input.write('\\q\r');
    expect(await done).toBe(0);
  });

  it('empties the line and the open statement with Ctrl-C at the prompt', async () => {
    const { engine, input, done, seen } = terminal();
    engine.on('SELECT 2', () => ({ kind: 'query', message: '', result: fakeQuery([one]) }));
    await seen('sluice> ');
    input.write('SELECT\r');
    await seen('   ...> ');
    input.write('junk');
    await seen('junk');
    input.write('\u0003');
    await seen('^C\n');
    input.write('SELECT 2;\r');
    await seen('(1 row)');
    expect(engine.executed).toEqual(['SELECT 2']);
    input.write('\\q\r');
    await done;
  });

  it('goes on after a mistake, whose place it shows', async () => {
    const { input, done, seen } = terminal();
    await seen('sluice> ');
    input.write('SELEC 1;\r');
    await seen('error[PARSE_SYNTAX]');
    await seen('^');
    input.write('\\dt\r');
    await seen('per_minute');
    input.write('\\q\r');
    expect(await done).toBe(0);
  });
});

describe('history', () => {
  it('keeps a statement on one line without its secrets', () => {
    expect(historyEntry("CREATE TABLE t (a INT) -- x\nWITH (type = 'sls',\n accessKey = 'topsecret');")).toBe(
      "CREATE TABLE t (a INT) WITH (type = 'sls', accessKey = '***');",
    );
    expect(historyEntry('  \\d t ')).toBe('\\d t');
  });

  it('comes back newest first', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-history-'));
    const path = join(folder, 'h');
    expect(await loadHistory(path)).toEqual([]);
    await appendHistory(path, 'SELECT 1;');
    await appendHistory(path, 'SELECT\n2;');
    expect(await loadHistory(path)).toEqual(['SELECT 2;', 'SELECT 1;']);
    rmSync(folder, { recursive: true });
  });
});

describe('completion', () => {
  const engine = new FakeEngine();
  engine.on('SHOW CONNECTOR sls', () => ({
    kind: 'rows',
    message: '',
    columns: [{ name: 'option', type: 'VARCHAR' }],
    rows: [['endPoint'], ['project'], ['logStore']],
  }));
  engine.on('SHOW SETTINGS', () => ({
    kind: 'rows',
    message: '',
    columns: ['setting', 'value', 'Flink key'].map((name) => ({ name, type: 'VARCHAR' })),
    rows: [
      ['blink.state.ttl.ms', '', 'table.exec.state.ttl'],
      ['sql.dialect', 'blink', ''],
    ],
  }));
  const completer = new Completer(engine, shellCommands);

  it.each([
    ['', "SET 'blink.st", ['blink.state.ttl.ms']],
    ['', 'reset t', ['table.exec.state.ttl']],
    ['', 'SET ', ['blink.state.ttl.ms', 'sql.dialect', 'table.exec.state.ttl']],
    ['', '\\ti', ['\\timing']],
    ['', '\\d ac', ['access']],
    ['', 'SELECT * FROM a', ['access']],
    ['SELECT', 'zzz', []],
    ['', 'SELECT stat', ['statement', 'statistics', 'status']],
    ['', 'selec', ['select']],
    ['', 'SELEC', ['SELECT']],
    ['CREATE TABLE t (a INT) WITH (', "type = 'sls', endPoint = 'x', ", ['logStore', 'project']],
    ['CREATE TABLE t (a INT) WITH (', "type = 'sls', log", ['logStore']],
  ])('%s %s', async (before, line, expected) => {
    expect((await completer.complete(before, line))[0]).toEqual(expected);
  });
});
