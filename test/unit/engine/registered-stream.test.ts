import { expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';

it('a query over a stream that never goes on shows what came, stops and closes', async () => {
  const engine = await Engine.open();
  async function* rows(): AsyncGenerator<number[]> {
    yield [1];
    yield [2];
    await new Promise(() => undefined);
  }
  engine.registerTable('t', { columns: [{ name: 'a', type: 'INT' }], rows: rows() });
  const result = engine.query('SELECT a FROM t');
  const seen: (string | null)[][] = [];
  for await (const batch of result.textBatches()) {
    seen.push(...batch.cells.map((cells) => [...cells]));
    await result.stop();
  }
  expect(seen).toEqual([['1'], ['2']]);
  await engine.close();
});
