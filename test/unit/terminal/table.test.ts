import { describe, expect, it } from 'vitest';
import { expandedLines, tableLines } from '../../../src/terminal/table.ts';
import { cutToWidth, displayWidth, printable } from '../../../src/terminal/text-width.ts';

const columns = [
  { name: 'city', type: 'VARCHAR' },
  { name: 'n', type: 'BIGINT' },
];

describe('tableLines', () => {
  it('aligns numbers to the right and text to the left', () => {
    const lines = tableLines(
      columns,
      [
        ['Ulm', '7'],
        ['Hangzhou', '1234'],
      ],
      { color: false },
    );
    expect(lines).toEqual([' city     │    n', '──────────┼──────', ' Ulm      │    7', ' Hangzhou │ 1234']);
  });

  it('counts CJK characters as two columns', () => {
    const lines = tableLines(
      columns,
      [
        ['杭州', '1'],
        ['Ulm', '2'],
      ],
      { color: false },
    );
    expect(lines.slice(2)).toEqual([' 杭州 │ 1', ' Ulm  │ 2']);
    expect(new Set(lines.map(displayWidth)).size).toBe(2); // the rule is wider by its last blank
  });

  it('tells NULL from the text NULL', () => {
    const rows = [
      ['NULL', null],
      [null, '1'],
    ];
    expect(tableLines(columns, rows, { color: false }).slice(2)).toEqual([' NULL   │ <NULL>', ' <NULL> │      1']);
    expect(tableLines(columns, rows, { color: true })[2]).toContain('\u001b[2mNULL\u001b[22m');
  });

  it('cuts the widest cells to fit the terminal and names columns that do not fit', () => {
    const long = 'x'.repeat(200);
    for (const line of tableLines(columns, [[long, '1']], { color: false, maxWidth: 40 })) {
      expect(displayWidth(line)).toBeLessThanOrEqual(40);
    }
    const many = Array.from({ length: 10 }, (_, i) => ({ name: `column_${i}`, type: 'VARCHAR' }));
    const lines = tableLines(many, [many.map(() => 'abcdefgh')], { color: false, maxWidth: 40 });
    expect(lines.every((line) => displayWidth(line) <= 40)).toBe(true);
    expect(lines.at(-1)).toMatch(/^… 6 more columns: column_4, column_5/);
  });

  it('spells out control characters, so that logs cannot steer the terminal', () => {
    const [, , row] = tableLines(columns, [['a\u001b[2Jb\nc', '1']], { color: false });
    expect(row).toBe(' a\\x1b[2Jb\\nc │ 1');
  });

  it('shows a row as a block when expanded', () => {
    expect(expandedLines(columns, [['杭州', null]], { color: false })).toEqual([
      '── row 1 ──',
      'city │ 杭州',
      'n    │ <NULL>',
    ]);
  });

  it('wraps the long values of a block instead of cutting them', () => {
    expect(expandedLines(columns, [['杭州abcd杭州', '1']], { color: false, maxWidth: 13 })).toEqual([
      '── row 1 ──',
      'city │ 杭州ab',
      '     │ cd杭州',
      'n    │ 1',
    ]);
  });
});

describe('text width', () => {
  it.each([
    ['abc', 3],
    ['日志', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['👍🏽', 2],
  ])('%s takes %d columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('cuts between characters, never through one', () => {
    expect(cutToWidth('日志服务', 5)).toBe('日志…');
    expect(cutToWidth('日志服务', 4)).toBe('日…');
    expect(cutToWidth('日志', 4)).toBe('日志');
    expect(cutToWidth('abcdef', 4)).toBe('abc…');
    expect(cutToWidth('👍🏽👍🏽👍🏽', 3)).toBe('👍🏽…');
  });

  it('leaves printable text as it is', () => {
    expect(printable('日志 "a" \\n')).toBe('日志 "a" \\n');
    expect(printable('a\tb\u0085')).toBe('a\\tb\\x85');
  });
});
