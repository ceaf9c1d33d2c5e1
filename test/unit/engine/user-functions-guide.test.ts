import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine.ts';

interface Sample {
  readonly module: string;
  readonly code: string;
  readonly sql: string;
  readonly result: string;
}

/** Every module of the guide with the SQL and the result below it. */
function samples(): Sample[] {
  const guide = readFileSync(new URL('../../../docs/guides/user-functions.md', import.meta.url), 'utf8');
  const pattern = /```js\n\/\/ (\S+)\n([\s\S]*?)```\s+```sql\n([\s\S]*?)```\s+```text\n([\s\S]*?)```/g;
  return [...guide.matchAll(pattern)].map(([, module = '', code = '', sql = '', result = '']) => ({
    module,
    code,
    sql,
    result: result.trim(),
  }));
}

describe('the guide to user functions', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-guide-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has samples of every kind', () => {
    expect(samples().map((one) => one.module)).toEqual(['initials.js', 'spread.js', 'calls.js', 'longest.js']);
  });

  it.each(samples())('$module gives what the guide says', async ({ module, code, sql, result }) => {
    writeFileSync(join(folder, module), code);
    const engine = await Engine.open({ onWarning: () => undefined });
    try {
      // The text stands in a file of the folder, so that the path is found beside it.
      const results = await engine.execute(sql, { name: join(folder, 'script.sql') });
      const rows = await results.at(-1)?.result?.toArray({ text: true });
      expect(
        rows
          ?.map((row) =>
            Object.values(row)
              .map((cell) => cell ?? 'NULL')
              .join(' | '),
          )
          .join('\n'),
      ).toBe(result);
    } finally {
      await engine.close();
    }
  });

  it('is followed by the example job', async () => {
    const path = new URL('../../../examples/user-functions.sql', import.meta.url).pathname;
    const engine = await Engine.open({ onWarning: () => undefined });
    try {
      const results = await engine.execute(readFileSync(path, 'utf8'), { name: path });
      const rows = (await results.at(-1)?.result?.toArray()) ?? [];
      const lines = readFileSync(new URL('../../../examples/data/access.jsonl', import.meta.url), 'utf8')
        .trimEnd()
        .split('\n');
      const logs = lines.map((line) => JSON.parse(line) as { request_uri: string; status: number; request_ms: number });
      const cart = logs.filter((one) => one.request_uri.split('/')[1]?.split('?')[0] === 'cart' && one.status < 300);
      const ranked = cart.map((one) => one.request_ms).sort((a, b) => a - b);
      expect(rows.find((row) => row['part'] === 'cart' && row['class'] === '2xx')).toMatchObject({
        requests: BigInt(cart.length),
        p90_ms: ranked[Math.ceil(ranked.length * 0.9) - 1],
      });
    } finally {
      await engine.close();
    }
  });
});
