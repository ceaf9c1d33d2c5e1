import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine.ts';

describe.each(['blink', 'flink'])('under %s', (compatibility) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.open({ timeZone: 'Europe/Berlin', settings: { 'sql.compatibility': compatibility } });
    engine.registerTable('t', { columns: [{ name: 's', type: 'VARCHAR' }], rows: [['no date']] });
  });
  afterAll(async () => {
    await engine.close();
  });

  const value = async (sql: string): Promise<unknown> => {
    const [row] = await engine.query(`SELECT ${sql} AS x FROM t`).toArray();
    return row?.['x'];
  };

  it('IS DISTINCT FROM is never NULL, also for a text that is no date', async () => {
    expect(await value(`s IS DISTINCT FROM DATE '2020-01-01'`)).toBe(true);
    expect(await value(`s IS NOT DISTINCT FROM TIMESTAMP '2020-01-01 00:00:00'`)).toBe(false);
    expect(await value(`'2020-01-01' IS DISTINCT FROM DATE '2020-01-01'`)).toBe(false);
    expect(await value(`CAST(NULL AS VARCHAR) IS DISTINCT FROM DATE '2020-01-01'`)).toBe(true);
  });

  it('a text beside a date compares as NULL where it is none', async () => {
    expect(await value(`s = DATE '2020-01-01'`)).toBeNull();
    expect(await value(`s < TIME '10:00:00'`)).toBeNull();
  });

  it('blanks at the end of a text count', async () => {
    expect(await value(`'a' = 'a '`)).toBe(false);
    expect(await value(`CASE 'a' WHEN 'a ' THEN 1 ELSE 2 END`)).toBe(2);
  });

  it('days between dates do not depend on the length of a day', async () => {
    expect(await value(`TIMESTAMPDIFF(DAY, DATE '2020-03-28', DATE '2020-03-30')`)).toBe(2);
    expect(await value(`CAST((DATE '2020-03-30' - DATE '2020-03-28') DAY AS BIGINT)`)).toBe(172_800_000n);
  });
});
