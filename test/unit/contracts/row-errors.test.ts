import { describe, expect, it } from 'vitest';
import { RowErrors, type OnError } from '../../../src/contracts/row-errors.ts';

function rowErrors(policy: OnError, debug: boolean) {
  const lines: string[] = [];
  const clock = { ms: 0 };
  const counter = { value: 0, add: (n: number) => void (counter.value += n) };
  const errors = new RowErrors({
    policy,
    table: 'access',
    counter,
    debug,
    warn: (line) => lines.push(line),
    now: () => clock.ms,
  });
  return { errors, lines, clock, counter };
}

describe('rows that do not parse', () => {
  it('are counted always and shown only with columnErrorDebug', () => {
    const quiet = rowErrors('null', false);
    quiet.errors.report('column "status" (INT)', 'abc');
    expect(quiet.counter.value).toBe(1);
    expect(quiet.lines).toEqual([]);
  });

  it('are sampled: five a second, cut to 120 characters', () => {
    const { errors, lines, clock, counter } = rowErrors('skip', true);
    for (let i = 0; i < 9; i++) errors.report('line 1', 'x'.repeat(200));
    expect(lines.length).toBe(5);
    expect(lines[0]).toBe(`line 1 of table "access" does not parse: "${'x'.repeat(120)}…"`);
    clock.ms = 1000;
    errors.report('line 2', 'y');
    expect(lines.length).toBe(6);
    expect(counter.value).toBe(10);
  });

  it('fail the job under onError = fail, with what to do', () => {
    const { errors, counter } = rowErrors('fail', false);
    expect(() => errors.report('column "status" (INT)', 'abc')).toThrow(
      'column "status" (INT) of table "access" does not parse: "abc"',
    );
    expect(counter.value).toBe(1);
  });
});
