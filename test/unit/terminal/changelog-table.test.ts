import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../../src/index.ts';
import { ChangelogTable } from '../../../src/terminal/changelog-table.ts';
import { liveLines } from '../../../src/terminal/live-view.ts';
import { displayWidth } from '../../../src/terminal/text-width.ts';

type Step = [ChangeKind, ...(string | null)[]];

function apply(table: ChangelogTable, ...steps: Step[]): ChangelogTable {
  table.apply({ kinds: steps.map(([kind]) => kind), cells: steps.map(([, ...cells]) => cells) });
  return table;
}

describe('ChangelogTable', () => {
  it('keeps an updated row in its place', () => {
    const table = apply(new ChangelogTable(), ['+I', 'a', '1'], ['+I', 'b', '1']);
    apply(table, ['-U', 'a', '1'], ['+U', 'a', '2'], ['+I', 'c', '1'], ['-D', 'b', '1']);
    expect(table.rows()).toEqual([
      ['a', '2'],
      ['c', '1'],
    ]);
    expect([table.size, table.unmatched]).toEqual([2, 0]);
  });

  it('is a multiset: equal rows count, one deletion takes one', () => {
    const table = apply(new ChangelogTable(), ['+I', 'a'], ['+I', 'a'], ['+I', null], ['-D', 'a']);
    expect(table.rows()).toEqual([['a'], [null]]);
  });

  it('replaces and deletes by key where changes come without -U', () => {
    const table = apply(new ChangelogTable({ upsertKey: [0] }), ['+I', 'a', '1'], ['+I', 'b', '1'], ['+U', 'a', '2']);
    expect(table.rows()).toEqual([
      ['a', '2'],
      ['b', '1'],
    ]);
    apply(table, ['-D', 'a', '2']);
    expect(table.rows()).toEqual([['b', '1']]);
    expect(table.size).toBe(1);
  });

  it('counts retractions of rows that are not there', () => {
    expect(apply(new ChangelogTable(), ['-D', 'a']).unmatched).toBe(1);
    expect(apply(new ChangelogTable(), ['+I', '-;'], ['-D', null]).unmatched).toBe(1);
  });

  it('gives back the place of deleted rows and stays right over it', () => {
    const table = new ChangelogTable();
    for (let i = 0; i < 5000; i++) apply(table, ['+I', String(i)]);
    for (let i = 0; i < 5000; i += 1) if (i % 10 !== 0) apply(table, ['-D', String(i)]);
    for (let i = 0; i < 5000; i += 20) apply(table, ['-U', String(i)], ['+U', `${i}!`]);
    expect(table.size).toBe(500);
    expect(table.rows().slice(0, 3)).toEqual([['0!'], ['10'], ['20!']]);
    expect(table.unmatched).toBe(0);
  });

  it('holds only the newest rows of an endless stream, and counts all', () => {
    const table = new ChangelogTable({ keepLast: 10 });
    for (let i = 0; i < 1000; i++) apply(table, ['+I', String(i)]);
    expect(table.size).toBe(1000);
    expect(table.rows().length).toBeLessThanOrEqual(20);
    expect(table.tail(2)).toEqual([['998'], ['999']]);
  });
});

describe('liveLines', () => {
  it('never grows over the terminal and tells of rows it does not show', () => {
    const table = new ChangelogTable();
    for (let i = 0; i < 100; i++) apply(table, ['+I', `row ${i} ${'x'.repeat(100)}`]);
    const style = {
      width: 30,
      height: 10,
      color: false,
      status: 'a status line that is much longer than the terminal',
    };
    const lines = liveLines(table, [{ name: 'v', type: 'VARCHAR' }], style);
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(lines.every((line) => displayWidth(line) <= 30)).toBe(true);
    expect(lines[2]).toBe('… 95 earlier rows');
    expect(lines.at(-2)).toMatch(/row 99/);
  });
});
