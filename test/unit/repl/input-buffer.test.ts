import { describe, expect, it } from 'vitest';
import { InputBuffer } from '../../../repl/input-buffer.ts';

function feed(...lines: string[]) {
  const buffer = new InputBuffer();
  return { buffer, inputs: lines.map((line) => buffer.add(line)[0]) };
}

describe('InputBuffer', () => {
  it('reads on until the semicolon', () => {
    const { inputs, buffer } = feed('SELECT 1', '  + 2;');
    expect(inputs).toEqual([undefined, { kind: 'script', text: 'SELECT 1\n  + 2;' }]);
    expect(buffer.open).toBe(false);
  });

  it('does not end at a semicolon in a string or comment', () => {
    const { inputs, buffer } = feed("SELECT ';", "' -- x;", ';');
    expect(inputs).toEqual([undefined, undefined, { kind: 'script', text: "SELECT ';\n' -- x;\n;" }]);
    expect(buffer.open).toBe(false);
  });

  it('takes several statements of a line and keeps the begun one', () => {
    const { inputs, buffer } = feed('SELECT 1; SELECT 2; SELECT', '3;');
    expect(inputs[0]).toEqual({ kind: 'script', text: 'SELECT 1; SELECT 2; ' });
    expect(inputs[1]).toEqual({ kind: 'script', text: 'SELECT\n3;' });
    expect(buffer.open).toBe(false);
  });

  it('takes a command only where no statement is open', () => {
    const { inputs } = feed('\\dt', 'SELECT 1', '\\dt', ';');
    expect(inputs[0]).toEqual({ kind: 'command', line: '\\dt' });
    expect(inputs.slice(1, 3)).toEqual([undefined, undefined]);
    expect(inputs[3]?.kind).toBe('script');
  });

  it('takes a command behind a statement', () => {
    expect(new InputBuffer().add('SELECT 1; \\dt')).toEqual([
      { kind: 'script', text: 'SELECT 1; ' },
      { kind: 'command', line: '\\dt' },
    ]);
  });

  it('knows what newcomers type', () => {
    expect(feed('help', ' EXIT;', 'quit').inputs.map((input) => input?.kind === 'command' && input.line)).toEqual([
      '\\?',
      '\\q',
      '\\q',
    ]);
    expect(feed('SELECT', 'exit').inputs).toEqual([undefined, undefined]);
  });

  it('stays closed over blanks, comments and lone semicolons', () => {
    const { inputs, buffer } = feed('', '  -- note', '/* a */', ';');
    expect(inputs).toEqual([undefined, undefined, undefined, undefined]);
    expect(buffer.open).toBe(false);
  });

  it('gives the rest at the end of the input', () => {
    const { buffer } = feed('SELECT 1');
    expect(buffer.takeRest()).toBe('SELECT 1');
    expect(buffer.takeRest()).toBe('');
  });
});
