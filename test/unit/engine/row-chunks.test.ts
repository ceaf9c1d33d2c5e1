import { describe, expect, it } from 'vitest';
import { rowChunks } from '../../../src/engine/row-chunks.ts';

async function all<Row>(chunks: AsyncIterable<Row[]>): Promise<Row[][]> {
  const result: Row[][] = [];
  for await (const chunk of chunks) result.push(chunk);
  return result;
}

describe('rowChunks', () => {
  it('cuts rows that are there into full chunks', async () => {
    expect(await all(rowChunks([1, 2, 3, 4, 5], 2))).toEqual([[1, 2], [3, 4], [5]]);
    expect(await all(rowChunks([], 2))).toEqual([]);
  });

  it('hands rows on when the stream falls silent, and loses none', async () => {
    let resume: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (resume = resolve));
    async function* rows(): AsyncGenerator<number> {
      yield 1;
      yield 2;
      await waiting;
      for (let i = 3; i <= 100; i++) yield i;
    }
    const chunks = rowChunks(rows(), 4096);
    expect((await chunks.next()).value).toEqual([1, 2]);
    resume();
    const rest = (await all(chunks)).flat();
    expect(rest[0]).toBe(3);
    expect(rest).toHaveLength(98);
  });

  it('closes the stream when its reader leaves, and passes failures on', async () => {
    let closed = false;
    async function* rows(): AsyncGenerator<number> {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        closed = true;
      }
    }
    for await (const chunk of rowChunks(rows(), 3)) {
      expect(chunk).toEqual([0, 1, 2]);
      break;
    }
    expect(closed).toBe(true);
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      throw new Error('broken');
    }
    await expect(all(rowChunks(failing(), 3))).rejects.toThrow('broken');
  });

  it('does not wait for a stream that never goes on', async () => {
    async function* rows(): AsyncGenerator<number> {
      yield 1;
      await new Promise(() => undefined);
    }
    for await (const chunk of rowChunks(rows(), 10)) {
      expect(chunk).toEqual([1]);
      break;
    }
  });
});
