import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCases } from './cases.ts';
import { runAll } from './run-all.ts';
import { sameCell, sameDecimalValue, sameNested, sameTypeName } from './compare.ts';

const cases = loadCases(fileURLToPath(new URL('../../../shared/conformance', import.meta.url)));
if (cases === undefined) process.stderr.write('skipped: ../shared/conformance is not there\n');
const listPath = fileURLToPath(new URL('./known-failures.json', import.meta.url));

/** What an updated list says of a case until somebody has looked into it. */
const NO_REASON = 'reason: unknown';

describe.skipIf(cases === undefined)('conformance cases', () => {
  it('fail exactly where known-failures.json says', async () => {
    const report = await runAll(cases ?? []);
    const failing = report.failures.map((one) => one.id).sort();
    const before = JSON.parse(readFileSync(listPath, 'utf8')) as Readonly<Record<string, string>>;
    if (process.env['UPDATE'] === '1') {
      const after = Object.fromEntries(failing.map((id) => [id, before[id] ?? NO_REASON]));
      writeFileSync(listPath, `${JSON.stringify(after, null, 1)}\n`);
    }
    const known = JSON.parse(readFileSync(listPath, 'utf8')) as Readonly<Record<string, string>>;
    const newFailures = report.failures.filter((one) => known[one.id] === undefined);
    const newPasses = Object.keys(known).filter((id) => !failing.includes(id));
    const unexplained = Object.keys(known).filter((id) => known[id] === NO_REASON);
    expect(unexplained).toEqual([]);
    expect({ newFailures, newPasses }).toEqual({ newFailures: [], newPasses: [] });
    expect(report.pass + report.fail).toBe(cases?.length);
  }, 240_000);
});

describe('the comparison', () => {
  it.each([
    ['true', 'TRUE', 'BOOLEAN', true],
    ['1.0E15', '1000000000000000', 'DOUBLE', true],
    ['0.1', '0.2', 'DOUBLE', false],
    ['2018-03-14 01:02:03.000', '2018-03-14 01:02:03', 'TIMESTAMP(3)', true],
    ['2018-03-14 01:02:03.100', '2018-03-14 01:02:03', 'TIMESTAMP(3)', false],
    ['a ', 'a', 'VARCHAR', false],
    [null, 'a', 'VARCHAR', false],
    [null, null, 'VARCHAR', true],
    ['x', null, 'VARCHAR', false],
    ['+0 00:00:06.000', '6000', 'INTERVAL SECOND(3)', true],
    ['-2-00', '-24', 'INTERVAL MONTH', true],
    ['+0 00:00:06.000', '600', 'INTERVAL SECOND', false],
  ])('%j against %j as %s: %s', (got, expected, type, same) => {
    expect(sameCell(got, expected, type)).toBe(same);
  });

  it('takes DECIMAL without a declared scale as a number', () => {
    expect(sameDecimalValue('1.50', '1.5')).toBe(true);
    expect(sameDecimalValue('1.51', '1.5')).toBe(false);
  });

  it.each([
    [[1, null], [1, null], true],
    [[1, null], [1], false],
    [[1, 2], [2, 1], false],
    [
      new Map([
        ['a', 1n],
        ['b', 2n],
      ]),
      [
        ['b', 2],
        ['a', 1],
      ],
      true,
    ],
    [new Map([['a', 1n]]), [['a', 2]], false],
    [
      new Map([
        ['a', 1n],
        ['b', 1n],
      ]),
      [
        ['a', 1],
        ['a', 1],
      ],
      false,
    ],
    [{ f: 'x', g: [1.5] }, ['x', [1.5]], true],
    [{ f: 'x' }, ['y'], false],
    ['2022-01-01 00:00:00.000', '2022-01-01 00:00:00', true],
    [9007199254740993n, '9007199254740993', true],
    [null, [], false],
  ])('of nested values: %o against %j is %s', (got, expected, same) => {
    expect(sameNested(got, expected)).toBe(same);
  });

  it('takes CHAR for VARCHAR and a missing length for any', () => {
    expect(sameTypeName('CHAR(3)', 'VARCHAR')).toBe(true);
    expect(sameTypeName('DECIMAL(10, 2)', 'DECIMAL(10,2)')).toBe(true);
    expect(sameTypeName('DECIMAL(10, 2)', 'DECIMAL(10, 3)')).toBe(false);
    expect(sameTypeName('INT', 'BIGINT')).toBe(false);
    expect(sameTypeName('ROW<a CHAR(3)>', 'ROW<a STRING>')).toBe(true);
    expect(sameTypeName('MAP<INT, DECIMAL(3, 1)>', 'MAP<INT, DECIMAL(3, 2)>')).toBe(false);
  });
});
