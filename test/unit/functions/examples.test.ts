import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine.ts';
import { builtinFunctions } from '../../../src/functions/catalog.ts';

describe('the catalog', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.open({ timeZone: 'UTC' });
  });
  afterAll(async () => {
    await engine.close();
  });

  const scalars = builtinFunctions.filter((one) => one.kind === 'scalar');
  const examples = scalars.flatMap((one) => one.examples.map((example) => ({ name: one.name, ...example })));

  it.each(examples)('$name: $sql gives $gives', async ({ sql, gives }) => {
    const [row] = await engine.query(`SELECT ${sql} AS x`).toArray({ text: true });
    expect(row?.['x'] ?? null).toBe(gives);
  });

  it('describes every function and shows at least one example', () => {
    for (const one of builtinFunctions) {
      expect(one.name, one.name).toBe(one.name.toUpperCase());
      expect(one.doc.length, one.name).toBeGreaterThan(10);
      expect(one.doc, one.name).toMatch(/\.$/);
      expect(one.syntax.length, one.name).toBeGreaterThan(0);
      // What reads the clock has no fixed result to show.
      const readsClock = one.category === 'datetime' && one.examples.length === 0;
      if (one.kind === 'scalar' && !readsClock) expect(one.examples.length, one.name).toBeGreaterThan(0);
    }
  });

  it('has every name and alias once', () => {
    const names = scalars.flatMap((one) => [one.name, ...(one.aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
  });
});
