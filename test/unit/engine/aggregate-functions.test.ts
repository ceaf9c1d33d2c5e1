import { describe, expect, it } from 'vitest';
import { Engine, type ChangeKind } from '../../../src/index.ts';

interface Input {
  readonly rows: readonly (readonly unknown[])[];
  readonly changes?: readonly ChangeKind[];
}

/** The final value of one aggregate over columns `a` VARCHAR, `n` INT, `d` DECIMAL(6, 2). */
async function value(aggregate: string, input: Input): Promise<unknown> {
  const engine = await Engine.open();
  try {
    engine.registerTable('t', {
      columns: [
        { name: 'a', type: 'VARCHAR' },
        { name: 'n', type: 'INT' },
        { name: 'd', type: 'DECIMAL(6, 2)' },
      ],
      rows: input.rows as unknown[][],
      ...(input.changes === undefined ? {} : { changes: [...input.changes] }),
    });
    let last: unknown;
    for await (const change of engine.query(`SELECT ${aggregate} AS x FROM t`).changes({ text: true })) {
      if (change.kind === '+I' || change.kind === '+U') last = change.row['x'];
    }
    return last;
  } finally {
    await engine.close();
  }
}

const rows = [
  ['x', 1, '0.50'],
  ['y', 3, null],
  ['x', null, '2.50'],
  [null, 3, '1.00'],
  ['x', 1, '9.00'],
];

describe('JSON_OBJECTAGG over a key that occurs twice', () => {
  const sql = `SELECT JSON_OBJECTAGG(KEY k VALUE v) AS x FROM (VALUES ('b', 1), ('a', 2), ('b', 3)) AS t(k, v)`;

  it.each([
    ['blink', '{"a":2,"b":3}'],
    ['flink', undefined],
  ] as const)('%s', async (compatibility, expected) => {
    const engine = await Engine.open({ settings: { 'sql.compatibility': compatibility } });
    try {
      const rows = engine.query(sql).toArray();
      if (expected === undefined) await expect(rows).rejects.toMatchObject({ code: 'VALUE_INVALID' });
      else expect(await rows).toEqual([{ x: expected }]);
    } finally {
      await engine.close();
    }
  });
});

describe('aggregate functions', () => {
  it.each([
    ['COUNT(DISTINCT a, n)', '2'],
    ['COUNT(a, n)', '3'],
    ['APPROX_COUNT_DISTINCT(a)', '2'],
    ['ARRAY_AGG(a)', '[x, y, x, null, x]'],
    ['ARRAY_AGG(a RESPECT NULLS)', '[x, y, x, null, x]'],
    ['ARRAY_AGG(a IGNORE NULLS)', '[x, y, x, x]'],
    ['ARRAY_AGG(DISTINCT a) IGNORE NULLS', '[x, y]'],
    [`ARRAY_AGG(n) IGNORE NULLS FILTER (WHERE a <> 'y')`, '[1, 1]'],
    ['FIRST_VALUE(n IGNORE NULLS)', '1'],
    ['MAX2ND(n)', '3'],
    ['MAX2ND(d)', '2.50'],
    ["MAX2ND(n) FILTER (WHERE a = 'y')", null],
    ['PERCENTILE(d, 0.5)', '1.75'],
    ['PERCENTILE(d, 0)', '0.5'],
    ['PERCENTILE(d, 1)', '9.0'],
    ['PERCENTILE(d, 0.5, n)', '1.0'],
    ["PERCENTILE(d, 0.5) FILTER (WHERE a = 'z')", null],
    ['PERCENTILE(d, ARRAY[0, 0.5, 1])', '[0.5, 1.75, 9.0]'],
    ['JSON_ARRAYAGG(n)', '[1,3,3,1]'],
    ['JSON_ARRAYAGG(n NULL ON NULL)', '[1,3,null,3,1]'],
    ['JSON_OBJECTAGG(KEY a VALUE n) FILTER (WHERE a IS NOT NULL)', '{"x":1,"y":3}'],
    ["JSON_OBJECTAGG(a VALUE d ABSENT ON NULL) FILTER (WHERE a = 'y')", '{}'],
  ])('%s is %s', async (aggregate, expected) => {
    expect(await value(aggregate, { rows })).toBe(expected);
  });

  it.each([
    ['MAX2ND(n)', '5'],
    ['PERCENTILE(n, 0.5)', '5.0'],
    ['APPROX_COUNT_DISTINCT(n)', '2'],
    ['COUNT(DISTINCT a, n)', '3'],
    ['JSON_ARRAYAGG(n)', '[4,5,5]'],
    ['JSON_OBJECTAGG(a VALUE n)', '{"p":5,"q":5}'],
  ])('%s takes rows back', async (aggregate, expected) => {
    const input: Input = {
      rows: [
        ['p', 4, null],
        ['p', 9, null],
        ['q', 5, null],
        ['p', 9, null],
        ['p', 5, null],
      ],
      changes: ['+I', '+I', '+I', '-D', '+I'],
    };
    expect(await value(aggregate, input)).toBe(expected);
  });

  it.each([
    ['PERCENTILE(d, 1.5)', /PERCENTILE/],
    ['PERCENTILE(d, n)', /PERCENTILE/],
    ['PERCENTILE(d, ARRAY[0.5, 2])', /PERCENTILE/],
    ['JSON_OBJECTAGG(a VALUE n) FILTER (WHERE a IS NULL)', /a key of JSON_OBJECTAGG is NULL/],
  ])('%s is refused', async (aggregate, message) => {
    await expect(value(aggregate, { rows })).rejects.toThrow(message);
  });
});
