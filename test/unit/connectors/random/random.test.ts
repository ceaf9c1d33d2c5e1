import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../../src/index.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await Engine.open();
});
afterEach(() => engine.close());

let tables = 0;

async function rows(options: string): Promise<unknown> {
  const name = `r${tables++}`;
  await engine.execute(
    `CREATE TABLE ${name} (i INT, b BIGINT, s VARCHAR, d DOUBLE, p DECIMAL(20, 4), ts TIMESTAMP, day DATE)
     WITH (type='random', ${options});`,
  );
  return engine.query(`SELECT * FROM ${name}`).toArray({ text: true });
}

describe("type='random'", () => {
  it('gives the same rows, times included, for the same seed, and others for another', async () => {
    const first = await rows("rows='50', seed='7'");
    // Times must not come from the clock: let it move on.
    const start = Date.now();
    while (Date.now() === start);
    expect(await rows("rows='50', seed='7'")).toEqual(first);
    expect(await rows("rows='50', seed='8'")).not.toEqual(first);
    expect((first as { ts: string }[])[49]?.ts).toBe('2020-01-01 00:00:00.049');
  });

  it('ends after rows', async () => {
    expect(await rows("rows='3', rate='100000'")).toHaveLength(3);
    expect(await rows("rows='0'")).toEqual([]);
  });

  it('takes its times from the clock where a rate paces it', async () => {
    const before = new Date(Date.now() - 1).toISOString().slice(0, 23).replace('T', ' ');
    const [row] = (await rows("rows='1', rate='1000', seed='7'")) as { ts: string }[];
    expect(row!.ts > before).toBe(true);
  });
});
