import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.ts';

const seed = Number(process.env['SEED'] ?? 20260801);
const letters = fc.constantFrom('a', 'b', ',', ';', '=', ' ', 'é', '€', '😀');
const text = fc.option(
  fc.array(letters, { maxLength: 12 }).map((parts) => parts.join('')),
  { nil: null, freq: 6 },
);
const separator = fc.option(
  fc.array(letters, { maxLength: 3 }).map((parts) => parts.join('')),
  { nil: null, freq: 6 },
);

/** As Java's StringUtils.split: every character separates, blanks where there are none, empty tokens are left out. */
function tokens(given: string, separators: string | null): string[] {
  const cuts = new Set(separators === null ? [' '] : [...separators]);
  const found: string[] = [];
  let token = '';
  for (const letter of given) {
    if (!cuts.has(letter)) {
      token += letter;
      continue;
    }
    if (token !== '') found.push(token);
    token = '';
  }
  return token === '' ? found : [...found, token];
}

function keyValue(given: string | null, pairs: string | null, sides: string | null, key: string | null): string | null {
  let value: string | null = null;
  for (const pair of tokens(given ?? '', pairs)) {
    const [k, v, ...rest] = tokens(pair, sides);
    if (k === key && v !== undefined && rest.length === 0) value = v;
  }
  return value;
}

describe(`table functions against their definitions (SEED=${seed})`, () => {
  let engine: Engine;
  let rows: readonly (readonly (string | null)[])[];
  beforeAll(async () => {
    engine = await Engine.open({ onWarning: () => undefined });
    rows = fc.sample(fc.tuple(text, separator, separator, text), { numRuns: 2000, seed });
    engine.registerTable('t', {
      columns: [{ name: 'id', type: 'INT' }, ...['s', 'p', 'q', 'k'].map((name) => ({ name, type: 'VARCHAR' }))],
      rows: rows.map((row, i) => [i, ...row]),
    });
  });
  afterAll(() => engine.close());

  async function given(sql: string): Promise<(string | null)[][]> {
    return (await engine.query(sql).toArray({ text: true })).map((row) => Object.values(row));
  }

  it('STRING_SPLIT, inner and left', async () => {
    const split = rows.map(([s = null, p = null]) => (s === null || p === null ? [] : tokens(s, p)));
    const call = 'LATERAL TABLE(STRING_SPLIT(s, p)) AS x (v)';
    const inner = split.flatMap((found, i) => found.map((one) => [String(i), one]));
    expect(await given(`SELECT id, v FROM t, ${call}`)).toEqual(inner);
    const left = split.flatMap((found, i) => (found.length === 0 ? [null] : found).map((one) => [String(i), one]));
    expect(await given(`SELECT id, v FROM t LEFT JOIN ${call} ON TRUE`)).toEqual(left);
  });

  it('MULTI_KEYVALUE', async () => {
    const expected = rows.map(([s = null, p = null, q = null, k = null], i) => [
      String(i),
      s === null ? null : keyValue(s, p, q, k),
      s === null ? null : keyValue(s, p, q, 'a'),
    ]);
    expect(await given(`SELECT id, x, y FROM t, LATERAL TABLE(MULTI_KEYVALUE(s, p, q, k, 'a')) AS m (x, y)`)).toEqual(
      expected,
    );
  });

  it('user functions agree with the built-in ones, whatever their form', async () => {
    engine.registerFunction({
      name: 'own_split',
      args: ['VARCHAR', 'VARCHAR'],
      returns: 'VARCHAR',
      nulls: 'propagate',
      rows: tokens,
    });
    engine.registerFunction({
      name: 'own_upper',
      args: ['VARCHAR'],
      returns: 'VARCHAR',
      nulls: 'propagate',
      row: (s: string) => s.toUpperCase(),
    });
    engine.registerFunction({
      name: 'own_length',
      args: ['VARCHAR'],
      returns: 'INT',
      nulls: 'propagate',
      column: ([s], count) =>
        Int32Array.from({ length: count }, (_, i) => [...((s?.get(i) as string | null) ?? '')].length),
    });
    expect(await given('SELECT id, v FROM t, LATERAL TABLE(own_split(s, p)) AS x (v)')).toEqual(
      await given('SELECT id, v FROM t, LATERAL TABLE(STRING_SPLIT(s, p)) AS x (v)'),
    );
    const filtered = (upper: string, length: string): string =>
      `SELECT id, ${upper}(s), ${length}(p), ${length}(${upper}(k)) FROM t WHERE ${length}(s) > 3 OR ${upper}(s) = 'A'`;
    expect(await given(filtered('own_upper', 'own_length'))).toEqual(await given(filtered('UPPER', 'CHAR_LENGTH')));
  });
});
