import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine.ts';
import type { UserFunctionRecord } from '../../../src/contracts/user-function.ts';
import { changesOfQuery } from '../../support/rows-of.ts';

interface Mean {
  sum: number;
  count: number;
}

/** A weighted mean over everything the contract has. */
const weightedMean: UserFunctionRecord = {
  name: 'weighted_mean',
  args: ['BIGINT', 'INT'],
  returns: 'DOUBLE',
  nulls: 'propagate',
  createAccumulator: (): Mean => ({ sum: 0, count: 0 }),
  accumulate: (mean: Mean, value: bigint, weight: number) => {
    mean.sum += Number(value) * weight;
    mean.count += weight;
  },
  retract: (mean: Mean, value: bigint, weight: number) => {
    mean.sum -= Number(value) * weight;
    mean.count -= weight;
  },
  merge: (mean: Mean, others: Iterable<Mean>) => {
    for (const other of others) {
      mean.sum += other.sum;
      mean.count += other.count;
    }
  },
  getValue: (mean: Mean) => (mean.count === 0 ? null : mean.sum / mean.count),
};

let engine: Engine;
let warnings: string[];
beforeEach(async () => {
  warnings = [];
  engine = await Engine.open({ timeZone: 'Asia/Shanghai', onWarning: (line) => warnings.push(line) });
  engine.registerTable('t', {
    columns: [
      { name: 'id', type: 'INT' },
      { name: 's', type: 'VARCHAR' },
      { name: 'b', type: 'BIGINT' },
      { name: 'd', type: 'DECIMAL(10, 2)' },
      { name: 'ts', type: 'TIMESTAMP' },
    ],
    rows: [
      [1, 'one', 10n, '1.50', '2020-01-01 08:00:00'],
      [2, null, null, null, null],
      [3, 'three', 30n, '3.25', '2020-01-01 08:00:05'],
      [1, 'uno', 20n, '0.75', '2020-01-01 08:00:21'],
    ],
    watermark: { column: 'ts', delayMs: 0 },
  });
});
afterEach(() => engine.close());

const given = (sql: string): Promise<string[]> => changesOfQuery(engine, sql);

describe('scalar user functions', () => {
  it('get values in the forms of the API and give them back so', async () => {
    const seen: unknown[][] = [];
    engine.registerFunction({
      name: 'see',
      args: ['INT', 'VARCHAR', 'BIGINT', 'DECIMAL(10, 2)', 'TIMESTAMP', 'BOOLEAN', 'ARRAY<INT>'],
      returns: 'VARCHAR',
      row: (...args: unknown[]) => (seen.push(args), 'seen'),
    });
    await given('SELECT see(id, s, b, d, ts, id = 1, ARRAY[id, 2]) FROM t WHERE id < 3');
    expect(seen.slice(0, 2)).toEqual([
      [1, 'one', 10n, '1.50', '2020-01-01 08:00:00.000', true, [1, 2]],
      [2, null, null, null, null, false, [2, 2]],
    ]);
    for (const [returns, value, text] of [
      ['BIGINT', 7, '7'],
      ['BIGINT', 2n ** 62n, '4611686018427387904'],
      ['INT', 5n, '5'],
      ['DECIMAL(10, 2)', '1.005', '1.01'],
      ['DECIMAL(38, 4)', 12n, '12.0000'],
      ['TIMESTAMP', '2020-02-03 04:05:06.7', '2020-02-03 04:05:06.700'],
      ['DATE', '2020-02-03', '2020-02-03'],
      ['VARBINARY', new Uint8Array([1, 255]), '0x01ff'],
      ['ARRAY<VARCHAR>', ['a', null], '[a, null]'],
      ['MAP<VARCHAR, INT>', new Map([['k', 1]]), '{k=1}'],
      ['ROW<a INT, b VARCHAR>', { b: 'x', a: 1 }, '1,x'],
      ['VARCHAR', undefined, 'null'],
    ] as const) {
      engine.registerFunction({ name: 'give', returns, row: () => value });
      expect(await given('SELECT give() FROM t WHERE id = 3'), returns).toEqual([`+I ${text}`]);
    }
  });

  it('are called with NULL, or not where they ask for that', async () => {
    engine.registerFunction({ name: 'called', args: ['VARCHAR'], returns: 'VARCHAR', row: (s: unknown) => String(s) });
    engine.registerFunction({
      name: 'spared',
      args: ['VARCHAR'],
      returns: 'VARCHAR',
      nulls: 'propagate',
      row: (s: unknown) => String(s),
    });
    expect(await given('SELECT called(s), spared(s) FROM t WHERE id = 2')).toEqual(['+I null null']);
    expect(await given('SELECT called(s) IS NULL, spared(s) IS NULL FROM t WHERE id = 2')).toEqual(['+I false true']);
  });

  it('choose the nearest of several call forms, repeated arguments last', async () => {
    engine.registerFunction({
      name: 'which',
      overloads: [
        { args: ['DOUBLE'], returns: 'VARCHAR', row: () => 'double' },
        { args: ['BIGINT'], returns: 'VARCHAR', row: () => 'bigint' },
        { args: ['VARCHAR'], returns: 'VARCHAR', row: () => 'text' },
        {
          args: ['VARCHAR', 'INT'],
          variadic: true,
          returns: 'VARCHAR',
          row: (_: unknown, ...n: number[]) => `text and ${n.length}`,
        },
        { args: ['ANY', 'ANY'], returns: 'VARCHAR', row: () => 'any two' },
      ],
    });
    const calls = `which(id), which(b), which(1.5e0), which(s), which(s, 1, 2), which(ts, 1)`;
    expect(await given(`SELECT ${calls} FROM t WHERE id = 3`)).toEqual([
      '+I bigint bigint double text text and 2 any two',
    ]);
    await expect(given('SELECT which(ts) FROM t')).rejects.toMatchObject({ code: 'PLAN_ARGUMENTS' });
  });

  it('may compute their type from those of the arguments', async () => {
    engine.registerFunction({
      name: 'same',
      args: ['ANY'],
      returns: ([type]: readonly string[]) => type ?? 'INT',
      row: (x: unknown) => x,
    });
    expect(engine.query('SELECT same(b) AS x, same(d) AS y FROM t').schema.map((one) => one.type)).toEqual([
      'BIGINT',
      'DECIMAL(10, 2)',
    ]);
    expect(await given('SELECT same(b), same(d), same(s) FROM t WHERE id = 3')).toEqual(['+I 30 3.25 three']);
  });

  it('hide a built-in function of their name, without case', async () => {
    engine.registerFunction({
      name: 'Upper',
      args: ['VARCHAR'],
      returns: 'INT',
      nulls: 'propagate',
      row: (s: string) => s.length,
    });
    expect(await given('SELECT UPPER(s), LOWER(s) FROM t WHERE id = 3')).toEqual(['+I 5 three']);
    await engine.execute('DROP FUNCTION upper');
    expect(await given('SELECT UPPER(s) FROM t WHERE id = 3')).toEqual(['+I THREE']);
  });

  it('see whole columns where they are column-wise: the rows of the batch that are left', async () => {
    const sizes: number[] = [];
    engine.registerFunction({
      name: 'plus',
      args: ['INT', 'BIGINT'],
      returns: 'BIGINT',
      nulls: 'propagate',
      column: ([a, b], count) => {
        sizes.push(count);
        const out = new BigInt64Array(count);
        for (let i = 0; i < count; i++)
          out[i] = BigInt((a?.values as Int32Array)[i] ?? 0) + ((b?.values as BigInt64Array)[i] ?? 0n);
        return out;
      },
    });
    engine.registerFunction({
      name: 'sizes',
      args: ['VARCHAR'],
      returns: 'INT',
      column: ([s], count) => Array.from({ length: count }, (_, i) => (s?.get(i) as string | null)?.length),
    });
    expect(await given('SELECT plus(id, b), sizes(s), plus(1, plus(id, b)) FROM t')).toEqual([
      '+I 11 3 12',
      '+I null null null',
      '+I 33 5 34',
      '+I 21 3 22',
    ]);
    sizes.length = 0;
    expect(await given('SELECT s, plus(id, b) FROM t WHERE id <> 2')).toEqual([
      '+I one 11',
      '+I three 33',
      '+I uno 21',
    ]);
    expect(sizes).toEqual([3]);
    expect(await given('SELECT id FROM t WHERE id <> 2 AND plus(id, b) > 20 AND sizes(s) = 3')).toEqual(['+I 1']);
    expect(await given('SELECT sizes(s), COUNT(*) FROM t GROUP BY sizes(s)')).toEqual(
      expect.arrayContaining(['+I 3 2', '+I 5 1', '+I null 1']),
    );
  });

  it('are computed in advance over constants only when they are deterministic', async () => {
    let calls = 0;
    engine.registerFunction({ name: 'count_calls', args: ['INT'], returns: 'INT', row: () => ++calls });
    engine.registerFunction({ name: 'next', args: ['INT'], returns: 'INT', deterministic: false, row: () => ++calls });
    expect(await given('SELECT count_calls(1) FROM t')).toEqual(['+I 1', '+I 1', '+I 1', '+I 1']);
    calls = 0;
    expect(await given('SELECT next(1), next(1) FROM t WHERE id > 1')).toEqual(['+I 1 2', '+I 3 4']);
  });

  it('fail the query, naming themselves, unless they say null', async () => {
    const row = (id: number): unknown => {
      if (id === 2) throw new Error('no two\nsecond line');
      return id === 3 ? 5 : 'fine';
    };
    engine.registerFunction({ name: 'picky', args: ['INT'], returns: 'VARCHAR', row });
    await expect(given('SELECT picky(id) FROM t')).rejects.toMatchObject({
      code: 'FUNCTION_FAILED',
      message: 'function "picky" threw: no two',
    });
    await expect(given('SELECT picky(id) FROM t WHERE id <> 2')).rejects.toMatchObject({
      code: 'FUNCTION_FAILED',
      message: 'function "picky" gave the number 5 where VARCHAR is declared',
    });
    engine.registerFunction({ name: 'picky', args: ['INT'], returns: 'VARCHAR', onError: 'null', row });
    expect(await given('SELECT picky(id) FROM t')).toEqual(['+I fine', '+I null', '+I null', '+I fine']);
    expect(warnings).toEqual([`function "picky" threw: no two (onError 'null')`]);
  });

  it.each([
    ['INT', 1.5, 'gave the number 1.5 where INT is declared'],
    ['INT', 2 ** 31, 'gave the number 2147483648 where INT is declared'],
    ['BIGINT', 2n ** 63n, 'gave the bigint 9223372036854775808 where BIGINT is declared'],
    ['BIGINT', '1', 'gave the text "1" where BIGINT is declared'],
    ['BOOLEAN', 1, 'gave a number where BOOLEAN is declared'],
    ['DOUBLE', '1', 'gave the text "1" where DOUBLE is declared'],
    ['TIMESTAMP', 'soon', 'gave the text "soon" where TIMESTAMP(3) is declared'],
    ['DECIMAL(4, 2)', 'x', 'gave the text "x" where DECIMAL(4, 2) is declared'],
    ['VARCHAR', {}, 'gave an object (Object) where VARCHAR is declared'],
    ['INT', Promise.resolve(1), 'gave a promise where INT is declared'],
    ['ARRAY<INT>', 'x', 'gave the text "x" where ARRAY<INT> is declared'],
  ])('refuse for %s what is none (%#)', async (returns, value, message) => {
    engine.registerFunction({ name: 'wrong', returns, row: () => value });
    await expect(given('SELECT wrong() FROM t')).rejects.toMatchObject({ message: `function "wrong" ${message}` });
  });

  it('are opened before their first call and closed with the engine', async () => {
    const events: string[] = [];
    engine.registerFunction({
      name: 'opened',
      returns: 'VARCHAR',
      deterministic: false,
      open: ({ timeZone, compatibility, parameter }) =>
        events.push(`open ${timeZone} ${compatibility} ${parameter('blink.job.name') ?? ''}`),
      close: () => events.push('close'),
      row: () => 'x',
    });
    await engine.execute(`SET 'blink.job.name' = 'j'`);
    expect(events).toEqual([]);
    await given('SELECT opened() FROM t');
    await given('SELECT opened() FROM t');
    expect(events).toEqual(['open Asia/Shanghai blink j']);
    await engine.close();
    expect(events).toEqual(['open Asia/Shanghai blink j', 'close']);
  });
});

describe('aggregate user functions', () => {
  it('group, take rows back, merge windows and pass NULLs over', async () => {
    engine.registerFunction(weightedMean);
    expect(await given('SELECT id, weighted_mean(b, id) FROM t GROUP BY id')).toEqual([
      '+I 2 null',
      '+I 3 30.0',
      '+I 1 15.0',
    ]);
    const sums = '(SELECT id, SUM(b) AS x FROM t GROUP BY id)';
    expect((await given(`SELECT weighted_mean(x, 1) FROM ${sums}`)).at(-1)).toMatch(/30\.0$/);
    const window = (call: string): string => `SELECT id, weighted_mean(b, 1) FROM t WHERE id = 1 GROUP BY id, ${call}`;
    expect(await given(window(`HOP(ts, INTERVAL '10' SECOND, INTERVAL '30' SECOND)`))).toEqual([
      '+I 1 10.0',
      '+I 1 10.0',
      '+I 1 15.0',
      '+I 1 20.0',
      '+I 1 20.0',
    ]);
    expect(await given(window(`SESSION(ts, INTERVAL '30' SECOND)`))).toEqual(['+I 1 15.0']);
    expect(await given(window(`TUMBLE(ts, INTERVAL '10' SECOND)`))).toEqual(['+I 1 10.0', '+I 1 20.0']);
  });

  it('slide in OVER windows, by retraction where rows leave', async () => {
    engine.registerFunction(weightedMean);
    const over = (frame: string): string =>
      `SELECT id, weighted_mean(b, 1) OVER (PARTITION BY id ORDER BY ts ${frame}) FROM t WHERE id = 1`;
    expect(await given(over('ROWS BETWEEN CURRENT ROW AND CURRENT ROW'))).toEqual(['+I 1 10.0', '+I 1 20.0']);
    expect(await given(over('ROWS BETWEEN 1 PRECEDING AND CURRENT ROW'))).toEqual(['+I 1 10.0', '+I 1 15.0']);
    const { retract: _, ...poor } = weightedMean as Record<string, unknown>;
    engine.registerFunction({ ...poor, name: 'weighted_mean' });
    expect(await given(over(''))).toEqual(['+I 1 10.0', '+I 1 15.0']);
    await expect(given(over('ROWS BETWEEN 1 PRECEDING AND CURRENT ROW'))).rejects.toMatchObject({
      message: 'aggregate function "WEIGHTED_MEAN" cannot give up rows that leave its frame',
    });
  });

  it('may give a new accumulator instead of changing theirs, and know DISTINCT and FILTER', async () => {
    engine.registerFunction({
      name: 'product',
      args: ['INT'],
      returns: 'BIGINT',
      createAccumulator: () => 1n,
      accumulate: (product: bigint, value: number) => product * BigInt(value),
      getValue: (product: bigint) => product,
    });
    expect(await given('SELECT product(id), product(DISTINCT id), product(id) FILTER (WHERE id > 2) FROM t')).toEqual([
      '+I 6 6 3',
    ]);
    expect(await given('SELECT product(id) FROM t WHERE id = 9')).toEqual([]);
  });

  it('are refused where they lack what the query needs', async () => {
    const { retract: _retract, merge: _merge, ...poor } = weightedMean as Record<string, unknown>;
    engine.registerFunction({ ...poor, name: 'poor' });
    await expect(given('SELECT poor(x, 1) FROM (SELECT id, SUM(b) AS x FROM t GROUP BY id)')).rejects.toMatchObject({
      code: 'PLAN_CHANGELOG',
    });
    await expect(given(`SELECT poor(b, 1) FROM t GROUP BY SESSION(ts, INTERVAL '1' MINUTE)`)).rejects.toMatchObject({
      code: 'PLAN_WINDOW',
      message: 'aggregate function "POOR" has no merge',
    });
    expect(await given(`SELECT poor(b, 1) FROM t GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)`)).toEqual(['+I 20.0']);
    // A row for each of its windows needs no merge.
    const hop = `TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '40' SECOND))`;
    expect(await given(`SELECT poor(b, 1) FROM ${hop} GROUP BY window_start, window_end`)).toEqual([
      '+I 20.0',
      '+I 20.0',
      '+I 20.0',
    ]);
    class Box {
      value = 1;
    }
    for (const [held, what] of [
      [() => new Box(), 'an instance of Box'],
      [() => ({ list: [() => 1] }), 'a function'],
      [() => new Map([['k', new Box()]]), 'an instance of Box'],
    ] as const) {
      engine.registerFunction({ ...weightedMean, name: 'held', createAccumulator: held });
      await expect(given('SELECT held(b, 1) FROM t')).rejects.toMatchObject({
        code: 'FUNCTION_INVALID',
        message: `function "held" has an accumulator that holds ${what}`,
      });
    }
  });

  it('pass over rows that fail where they say skip', async () => {
    const record = {
      args: ['INT'],
      returns: 'INT',
      createAccumulator: () => [] as number[],
      accumulate: (ids: number[], id: number) => {
        if (id === 2) throw new Error('not two');
        ids.push(id);
      },
      getValue: (ids: number[]) => ids.length,
    } as const;
    engine.registerFunction({ ...record, name: 'strict' });
    await expect(given('SELECT strict(id) FROM t')).rejects.toMatchObject({
      message: 'function "strict" threw: not two',
    });
    engine.registerFunction({ ...record, name: 'lenient', onError: 'skip' });
    expect(await given('SELECT lenient(id) FROM t')).toEqual(['+I 3']);
    expect(warnings).toEqual([`function "lenient" threw: not two (onError 'skip')`]);
  });
});

describe('table user functions', () => {
  it('give arrays, objects by name, bare values, any iterable or nothing', async () => {
    engine.registerFunction({
      name: 'letters',
      args: ['VARCHAR'],
      returns: { letter: 'VARCHAR', place: 'INT' },
      nulls: 'propagate',
      rows: function* (s: string) {
        for (const [place, letter] of [...s].entries()) yield place % 2 === 0 ? [letter, place] : { place, letter };
      },
    });
    expect(await given('SELECT id, letter, place FROM t, LATERAL TABLE(letters(s)) AS l WHERE place < 2')).toEqual([
      '+I 1 o 0',
      '+I 1 n 1',
      '+I 3 t 0',
      '+I 3 h 1',
      '+I 1 u 0',
      '+I 1 n 1',
    ]);
    engine.registerFunction({
      name: 'pair',
      args: ['INT'],
      returns: 'INT',
      rows: (n: number) => (n === 2 ? null : new Set([n, -n])),
    });
    expect(await given('SELECT v FROM t LEFT JOIN LATERAL TABLE(pair(id)) AS p(v) ON TRUE WHERE id > 1')).toEqual([
      '+I null',
      '+I 3',
      '+I -3',
    ]);
    engine.registerFunction({
      name: 'typed',
      returns: 'ROW<a INT, b VARCHAR>',
      row: function* () {
        yield [1, 'x'];
      },
    });
    expect(await given('SELECT * FROM TABLE(typed()) AS r')).toEqual(['+I 1 x']);
  });

  it('give rows without end, as many as are read', async () => {
    let made = 0;
    let left = false;
    engine.registerFunction({
      name: 'endless',
      returns: 'INT',
      rows: function* () {
        try {
          for (;;) yield made++;
        } finally {
          left = true;
        }
      },
    });
    let seen = 0;
    for await (const batch of engine.query('SELECT v FROM TABLE(endless()) AS e(v)').textBatches()) {
      seen += batch.cells.length;
      if (seen > 10_000) break;
    }
    expect(seen).toBeGreaterThan(10_000);
    expect(made).toBeLessThan(1_000_000);
    expect(left).toBe(false);
  });

  it('fail, give a row of NULLs, or nothing where they throw', async () => {
    const record = {
      args: ['INT'],
      returns: 'INT',
      rows: function* (n: number) {
        yield n;
        if (n === 3) throw new Error('enough');
        if (n === 2) yield 'two';
      },
    } as const;
    engine.registerFunction({ ...record, name: 'f' });
    await expect(given('SELECT v FROM t, LATERAL TABLE(f(id)) AS x(v) WHERE id = 3')).rejects.toMatchObject({
      message: 'function "f" threw: enough',
    });
    await expect(given('SELECT v FROM t, LATERAL TABLE(f(id)) AS x(v) WHERE id = 2')).rejects.toMatchObject({
      message: 'function "f" gave the text "two" for column "f0", which is INT',
    });
    engine.registerFunction({ ...record, name: 'f', onError: 'null' });
    expect(await given('SELECT v FROM t, LATERAL TABLE(f(id)) AS x(v)')).toEqual([
      '+I 1',
      '+I 2',
      '+I null',
      '+I 3',
      '+I null',
      '+I 1',
    ]);
    engine.registerFunction({ ...record, name: 'f', onError: 'skip' });
    expect(await given('SELECT v FROM t, LATERAL TABLE(f(id)) AS x(v)')).toEqual(['+I 1', '+I 2', '+I 3', '+I 1']);
    engine.registerFunction({ name: 'g', returns: 'ROW<a INT, b INT>', rows: () => [[1]] });
    await expect(given('SELECT * FROM TABLE(g()) AS x')).rejects.toMatchObject({
      message: 'function "g" gave a row of 1 cells for 2 columns',
    });
    engine.registerFunction({ name: 'g', returns: 'INT', rows: () => 5 as never });
    await expect(given('SELECT * FROM TABLE(g()) AS x')).rejects.toMatchObject({
      message: 'function "g" threw: the rows are not iterable but a number',
    });
  });
});

describe('records', () => {
  it.each<[unknown, string]>([
    [{}, 'a function has no name'],
    [5, 'a function is not given as a record but as a number'],
    [{ name: 'a b', returns: 'INT', row: () => 1 }, 'function "a b" has no valid name'],
    [{ name: 'q', args: ['NUMBERZ'], returns: 'INT', row: () => 1 }, 'function "q" has a type "NUMBERZ" that is none'],
    [{ name: 'q', returns: 'INTE', row: () => 1 }, 'function "q" has a type "INTE" that is none'],
    [
      { name: 'q', args: 'INT', returns: 'INT', row: () => 1 },
      'function "q" has args that are not a list of SQL types',
    ],
    [{ name: 'q', row: () => 1 }, 'function "q" does not say what it returns'],
    [{ name: 'q', returns: 'INT' }, 'function "q" has neither row nor column'],
    [{ name: 'q', returns: 'INT', row: 5 }, 'function "q" has no function as row'],
    [{ name: 'q', returns: 'INT', row: () => 1, column: () => [] }, 'function "q" has both row and column'],
    [
      { name: 'q', returns: 'INT', row: () => 1, rwo: 1 },
      'function "q" has a member "rwo" that scalar functions do not have',
    ],
    [{ name: 'q', returns: 'INT', row: () => 1, onError: 'nul' }, `function "q" has onError 'nul'`],
    [
      { name: 'q', returns: 'INT', row: () => 1, onError: 'skip' },
      `function "q" has onError 'skip', which is for table and aggregate functions`,
    ],
    [{ name: 'q', returns: 'INT', row: () => 1, nulls: true }, 'function "q" has nulls a boolean'],
    [{ name: 'q', returns: 'INT', row: () => 1, kind: 'udf' }, `function "q" is of kind 'udf'`],
    [{ name: 'q', returns: 'INT', accumulate: () => 1 }, 'function "q" has no createAccumulator'],
    [{ name: 'q', returns: 'INT', kind: 'table' }, 'function "q" has no rows'],
    [{ name: 'q', overloads: [] }, 'function "q" has overloads that are not a list of records'],
    [{ name: 'q', returns: 'INT', variadic: true, row: () => 1 }, 'function "q" is variadic and has no args'],
  ])('%j are refused', (record, message) => {
    expect(() => engine.registerFunction(record as never)).toThrowError(message);
  });
});
