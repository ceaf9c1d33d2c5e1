import { describe, expect, it } from 'vitest';
import { displayWidth, renderError } from '../../../src/errors/render-caret.ts';
import { PlanError } from '../../../src/errors/sluice-error.ts';

function render(text: string, word: string, details: ConstructorParameters<typeof PlanError>[2] = {}): string[] {
  const start = text.indexOf(word);
  const error = new PlanError('PLAN_UNKNOWN_COLUMN', `column "${word}" does not exist`, {
    span: { start, end: start + word.length },
    ...details,
  }).withSource({ name: 'a.sql', text });
  return renderError(error).split('\n');
}

describe('renderError', () => {
  it('shows code, place, line, caret, notes, hint and where', () => {
    const text = 'CREATE TABLE t;\n\nSELECT lvl, count(*)\nFROM t';
    const error = new PlanError('PLAN_UNKNOWN_COLUMN', 'column "lvl" does not exist in table "t"', {
      span: { start: 24, end: 27 },
      source: { name: 'jobs/errors.sql', text },
      notes: [{ text: 'table "t" is declared', span: { start: 13, end: 14 } }],
      hint: 'Did you mean "level"?',
    })
      .withWhere('source "t"')
      .withWhere('job "j"');
    expect(renderError(error)).toBe(
      [
        'error[PLAN_UNKNOWN_COLUMN]: column "lvl" does not exist in table "t"',
        '  --> jobs/errors.sql:3:8',
        ' 3 | SELECT lvl, count(*)',
        '   |        ^^^',
        'note: table "t" is declared at jobs/errors.sql:1:14',
        'hint: Did you mean "level"?',
        '  in job "j" › source "t"',
      ].join('\n'),
    );
  });

  it('counts display columns: tabs are four, Chinese characters two', () => {
    const lines = render("\tSELECT '中文', lvl", 'lvl');
    expect(lines[2]).toBe(" 1 |     SELECT '中文', lvl");
    expect(lines[3]).toBe(`   | ${' '.repeat(displayWidth("    SELECT '中文', "))}^^^`);
    expect(lines[1]).toBe('  --> a.sql:1:15');
    expect(displayWidth("    SELECT '中文', ")).toBe(19);
  });

  it('keeps the caret in place behind a secret that it hides', () => {
    const lines = render("WITH (accessKey = 'very-long-secret-value', logStroe = 'x')", 'logStroe');
    expect(lines[2]).toBe(" 1 | WITH (accessKey = '***', logStroe = 'x')");
    expect(lines[3]).toBe(`   | ${' '.repeat("WITH (accessKey = '***', ".length)}^^^^^^^^`);
  });

  it('marks the end of the text with one caret', () => {
    const text = 'SELECT';
    const error = new PlanError('PLAN_TYPE', 'x', { span: { start: 6, end: 6 } }).withSource({ name: 'q', text });
    expect(renderError(error).split('\n').slice(2)).toEqual([' 1 | SELECT', '   |       ^']);
  });

  it('cuts a very long line around the caret', () => {
    const lines = render(`SELECT ${'a, '.repeat(1000)}lvl${', b'.repeat(1000)}`, 'lvl');
    expect(lines[2]!.length).toBeLessThan(210);
    const caret = lines[3]!.indexOf('^');
    expect(lines[2]!.slice(caret, caret + 3)).toBe('lvl');
  });

  it('never lets control characters of the text through', () => {
    expect(render('SELECT \u001b[31mlvl', 'lvl')[2]).toBe(' 1 | SELECT ·[31mlvl');
  });

  it('prints a message without a place on one line', () => {
    expect(renderError(new PlanError('PLAN_INSERT', 'the job has no INSERT INTO'))).toBe(
      'error[PLAN_INSERT]: the job has no INSERT INTO',
    );
  });
});
