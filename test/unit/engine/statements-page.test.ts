import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/errors/sluice-error.ts';
import { Engine, type StatementResult } from '../../../src/index.ts';
import { scriptParts } from '../../../src/tooling.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/sql/statements.md'), 'utf8');
const examples = [...page.matchAll(/```sql\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```\n)?/g)].map((found) => ({
  sql: found[1]!.trim(),
  answer: found[2],
}));

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ onWarning: () => undefined });
});
afterAll(() => engine.close());

describe('the page of statements', () => {
  it('has examples', () => expect(examples.length).toBe(21));

  it.each(examples)('$sql', async ({ sql, answer }) => {
    const lines: string[] = [];
    try {
      for (const part of scriptParts(sql)) {
        for (const result of await engine.execute(part.text)) lines.push(...(await printed(result)));
      }
    } catch (error) {
      if (!(error instanceof SluiceError) || answer?.startsWith('error:') !== true) throw error;
      lines.push(`error: ${error.message}`, `hint: ${error.hint ?? ''}`);
    }
    if (answer === undefined) return;
    expect(lines.map((line) => line.trimEnd())).toEqual(answer.trimEnd().split('\n'));
  });
});

async function printed(result: StatementResult): Promise<string[]> {
  await result.job?.done;
  if (result.rows !== undefined) {
    return [result.columns!.map((one) => one.name), ...result.rows].map((row) =>
      row
        .map((cell) => cell ?? 'NULL')
        .join(' | ')
        .replace(/ {2}/g, ' '),
    );
  }
  if (result.result !== undefined) {
    const rows = await result.result.toArray({ text: true });
    return [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))].map((row) => row.join(' | '));
  }
  if (result.kind === 'ddl' || result.job !== undefined) return [];
  return result.kind === 'set' && !/in use/.test(result.message) ? [] : result.message.trimEnd().split('\n');
}
