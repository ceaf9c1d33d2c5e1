import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runPiped } from '../../../repl/piped.ts';
import { Shell } from '../../../repl/shell.ts';
import type { StatementResult } from '../../../src/index.ts';
import { FakeEngine, fakeJob, fakeQuery } from '../../support/fake-engine.ts';

const one = { kinds: ['+I'] as const, cells: [['1']] };

function setup(interactive = true) {
  const engine = new FakeEngine();
  let text = '';
  const output = { columns: 80, rows: 24, write: (more: string) => (text += more) };
  const shell = new Shell({ engine, output, errors: output, color: false, interactive, commands: [] });
  return { engine, shell, text: () => text };
}

/** An answer that is held back. */
function held(): { readonly answer: () => Promise<StatementResult>; readonly give: (result: StatementResult) => void } {
  let give: (result: StatementResult) => void = () => undefined;
  const given = new Promise<StatementResult>((resolve) => (give = resolve));
  return { answer: () => given, give };
}

describe('Ctrl-C while a statement is prepared', () => {
  it('starts no query that comes out of it, and the next statement runs', async () => {
    const { engine, shell, text } = setup();
    const endless = held();
    engine.on('SELECT 1', endless.answer);
    engine.on('SELECT 2', () => ({ kind: 'query', message: '', result: fakeQuery([one]) }));
    const run = shell.runScript('SELECT 1;', '<input>');
    expect(shell.interrupt()).toBe(false);
    endless.give({ kind: 'query', message: '', result: fakeQuery([one], { bounded: false }) });
    // An endless query that was started would be waited for.
    await run;
    expect(text()).toBe('stopped\n');
    shell.begin();
    await shell.runScript('SELECT 2;', '<input>');
    expect(text()).toContain('(1 row)');
  });

  it('ends the connecting of a job, which is not listed; one that runs already is', async () => {
    const { engine, shell, text } = setup();
    const connecting = held();
    engine.on('INSERT 1', connecting.answer);
    const run = shell.runScript('INSERT 1;', '<input>');
    shell.interrupt();
    expect(engine.signal?.aborted).toBe(true);
    const stopped = fakeJob();
    await stopped.stop();
    connecting.give({ kind: 'job', message: '', job: stopped });
    await run;
    expect([text(), shell.jobs.size]).toEqual(['stopped\n', 0]);
    shell.begin();
    const late = held();
    engine.on('INSERT 2', late.answer);
    const second = shell.runScript('INSERT 2;', '<input>');
    expect(engine.signal?.aborted).toBe(false);
    shell.interrupt();
    late.give({ kind: 'job', message: '', job: fakeJob() });
    await second;
    expect(shell.jobs.size).toBe(1);
    await shell.close();
  });
});

describe('a signal to a shell that reads a pipe', () => {
  it('ends it although no further line comes', async () => {
    const { engine, shell } = setup(false);
    engine.on('SELECT 1', () => ({ kind: 'query', message: '', result: fakeQuery([one]) }));
    const input = new PassThrough();
    const before = process.listenerCount('SIGINT');
    const done = runPiped(shell, input);
    input.write('SELECT 1;\nSELECT');
    while (engine.executed.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (const listener of process.listeners('SIGINT').slice(before)) listener('SIGINT');
    expect(await done).toBe(0);
    // What was begun is not run.
    expect(engine.executed).toEqual(['SELECT 1']);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
