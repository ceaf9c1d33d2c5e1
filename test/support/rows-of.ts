import type { Engine } from '../../src/engine.ts';

/** The changes of a query, each as its kind and the SQL texts of its cells: `+I 1 a`; NULL is `null`. */
export async function changesOfQuery(engine: Engine, sql: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of (await engine.prepare(sql)).textBatches()) {
    batch.cells.forEach((cells, i) => lines.push([batch.kinds[i], ...cells.map(String)].join(' ')));
  }
  return lines;
}
