import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';

describe('EXPLAIN of the stage ast', () => {
  const sql = `SELECT "x" FROM (VALUES ('a"b<c>')) AS t (x)`.replaceAll('"x"', 'x');

  it('is SQL, a tree with spans, or a drawing', async () => {
    const engine = await Engine.open();
    const explain = (format: 'text' | 'json' | 'mermaid'): Promise<string> =>
      engine.explain(sql, { stage: 'ast', format });
    expect(await explain('text')).toBe(sql);
    const tree = JSON.parse(await explain('json')) as Record<string, unknown>;
    expect(tree).toMatchObject({ kind: 'query', span: { start: 0, end: sql.length } });
    const drawn = await explain('mermaid');
    expect(drawn.split('\n').slice(0, 2)).toEqual(['flowchart TD', '  n1["query"]']);
    expect(drawn).toContain('value: a#34;b#60;c#62;');
    await engine.close();
  });
});
