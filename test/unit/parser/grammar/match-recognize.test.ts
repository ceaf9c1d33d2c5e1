import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../../../src/parser/parse.ts';
import { printQuery } from '../../../../src/parser/print.ts';

function printed(text: string): string {
  return printQuery(parseQuery({ name: 'test', text }));
}

function failure(text: string): string {
  try {
    parseQuery({ name: 'test', text });
  } catch (error) {
    return (error as Error).message;
  }
  return 'parsed';
}

const match = (clauses: string): string => `SELECT * FROM t MATCH_RECOGNIZE (${clauses}) AS m`;

describe('MATCH_RECOGNIZE', () => {
  it('keeps every clause', () => {
    const text = match(
      'PARTITION BY a, b ORDER BY ts, c DESC MEASURES FINAL LAST(A.x) AS y, A.z AS z ' +
        'ALL ROWS PER MATCH WITH TIMEOUT ROWS AFTER MATCH SKIP TO FIRST B ' +
        "PATTERN (A B+ -> C*? (D E){2}) WITHIN INTERVAL '10:20' MINUTE TO SECOND DEFINE A AS A.x > 1, B AS PREV(B.x) < B.x",
    );
    expect(printed(text)).toBe(text);
  });

  it.each([
    ['A*', 'A*'],
    ['A+?', 'A+?'],
    ['A?', 'A?'],
    ['A??', 'A??'],
    ['A{2}', 'A{2}'],
    ['A{2,}?', 'A{2,}?'],
    ['A{2,4}', 'A{2,4}'],
    ['A{,4}', 'A{0,4}'],
    ['A{0,}', 'A*'],
    ['A{0,1}', 'A?'],
    ['first within pattern', 'first `within` pattern'],
  ])('reads the pattern %s', (pattern, text) => {
    expect(printed(match(`ORDER BY ts PATTERN (${pattern})`))).toBe(
      match(`ORDER BY ts ONE ROW PER MATCH PATTERN (${text})`),
    );
  });

  it('takes WITHIN inside the pattern as well as behind it', () => {
    const behind = match("ORDER BY ts ONE ROW PER MATCH PATTERN (A B) WITHIN INTERVAL '1' HOUR");
    expect(printed(match("ORDER BY ts PATTERN (A B WITHIN INTERVAL '1' HOUR)"))).toBe(behind);
    expect(printed(behind)).toBe(behind);
  });

  it('takes a number of milliseconds of the first row for WITHIN', () => {
    const text = match('ORDER BY ts ONE ROW PER MATCH PATTERN (A B) WITHIN INTERVAL (A.span + 10)');
    expect(printed(match('ORDER BY ts PATTERN (A B) WITHIN INTERVAL A.span + 10'))).toBe(text);
    expect(printed(text)).toBe(text);
  });

  it('leaves its words usable as names', () => {
    const text =
      'SELECT pattern, define, measures, one, final, running, after, prev, `match_recognize` FROM subset AS skip';
    expect(printed(text)).toBe(text);
    expect(printed(match('ORDER BY ts MEASURES final AS running, FINAL.x AS final PATTERN (A)'))).toContain(
      'MEASURES final AS running, FINAL.x AS final',
    );
  });

  it.each([
    'PATTERN (A | B)',
    'PATTERN (A B | C{2} | (A | C)+? B)',
    'PATTERN (PERMUTE(A, B C, (A | B))?)',
    'PATTERN (A {- B+ -} C | {- A | B -}{2,3})',
    'PATTERN (`PERMUTE` (A B)*)',
    'PATTERN (A B C) SUBSET U = (A, B), V = (C) DEFINE A AS x',
  ])('prints %s as it stands', (pattern) => {
    expect(printed(match(`ORDER BY ts ${pattern}`))).toContain(pattern);
  });

  it('reads names of characters written by their codes', () => {
    expect(printed('SELECT \\u006C.id, a\\u0062c FROM \\u006C')).toBe('SELECT l.id, abc FROM l');
  });

  it.each([
    ['PATTERN (A | | B)', 'expected a pattern variable but found "|"'],
    ['PATTERN (A || B)', 'an empty alternative is not supported in MATCH_RECOGNIZE'],
    ['PATTERN (PERMUTE(A, B)', 'expected "DEFINE" or ")" but found "AS"'],
    ['PATTERN (PERMUTE(A B; C))', 'expected "," or ")" but found ";"'],
    ['PATTERN (^ A)', 'an anchor of the partition is not supported in MATCH_RECOGNIZE'],
    ['PATTERN ({- A } B)', 'expected a pattern variable or "-}" but found "}"'],
    ['PATTERN (A B) SUBSET U (A, B) DEFINE A AS x', 'expected "=" but found "("'],
    ['ALL ROWS PER MATCH WITH UNMATCHED ROWS PATTERN (A)', 'WITH UNMATCHED ROWS is not supported in MATCH_RECOGNIZE'],
    ['PATTERN (A{4,2})', 'a quantifier has its smaller number first and allows one row at least'],
    ['PATTERN (A{0})', 'a quantifier has its smaller number first and allows one row at least'],
    ['PATTERN (A{,})', 'expected a number of repetitions but found "}"'],
    ['PATTERN (A{1000000,})', 'a quantifier may not count beyond 1000'],
    ['PATTERN ()', 'expected a pattern variable but found ")"'],
    ['MEASURES A.x PATTERN (A)', 'expected "AS" but found "PATTERN"'],
    ['ORDER BY ts DEFINE A AS x', 'expected ",", "MEASURES", "AFTER MATCH SKIP" or "PATTERN" but found "DEFINE"'],
    ['AFTER MATCH SKIP TO PAST PATTERN (A)', 'parsed'],
    ['AFTER MATCH SKIP NEXT ROW PATTERN (A)', 'expected "TO" or "PAST LAST ROW" but found "NEXT"'],
    ['PATTERN (A B, C)', 'expected a pattern variable or ")" but found ","'],
    ['PATTERN (A B) DEFINE A AS x B AS y', 'expected "," or ")" but found "B"'],
  ])('says about %s what is wrong', (clauses, message) => {
    expect(failure(match(clauses))).toBe(message);
  });
});
