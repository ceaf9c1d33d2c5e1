import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';
import { inBatchesOf } from '../../support/arrow-batches.ts';

const columns = [{ name: 'k', type: 'VARCHAR' }];
const rows = ['a', 'b', 'c', 'c', 'b', 'd', 'a', 'd'].map((k) => [k]);

describe('a TopN over groups with equal values', () => {
  let whole: Engine;
  let engine: Engine;
  beforeEach(async () => {
    whole = await Engine.open();
    engine = await Engine.open({ onWarning: () => undefined });
    whole.registerTable('t', { columns, rows });
  });
  afterEach(async () => {
    await engine.close();
    await whole.close();
  });

  it.each([1, 3, 4096])('ranks the group first that got its value first (batches of %i)', async (batchRows) => {
    engine.registerTable('t', { columns, rows: await inBatchesOf(whole, 't', batchRows) });
    const sql = `SELECT k, n, rn FROM (
      SELECT *, ROW_NUMBER() OVER (ORDER BY n DESC) AS rn FROM (SELECT k, COUNT(*) AS n FROM t GROUP BY k)
    ) WHERE rn <= 3`;
    const left = await engine.query(sql).toArray({ text: true });
    const ranked = left.sort((a, b) => Number(a['rn']) - Number(b['rn'])).map((row) => row['k']);
    expect(ranked).toEqual(['c', 'b', 'a']);
  });
});
