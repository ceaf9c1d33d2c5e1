import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine.ts';

describe('functions of text that take patterns and paths', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.open({ timeZone: 'UTC' });
  });
  afterAll(async () => {
    await engine.close();
  });

  async function value(expression: string): Promise<string | null> {
    const [row] = await engine.query(`SELECT ${expression} AS x`).toArray({ text: true });
    return row?.['x'] ?? null;
  }

  it('reads replacements as Java does', async () => {
    expect(await value(`REGEXP_REPLACE('a.b', '\\.', '$0$0')`)).toBe('a..b');
    expect(await value(`REGEXP_REPLACE('abc', '(b)', '$12')`)).toBe('ab2c');
    expect(await value(`REGEXP_REPLACE('abc', 'b', '\\$1')`)).toBe('a$1c');
    expect(await value(`REGEXP_REPLACE('abc', 'b', '$1')`)).toBeNull();
    expect(await value(`REGEXP_REPLACE('abc', 'b', '$')`)).toBeNull();
    expect(await value(`REGEXP_REPLACE('abc', '(', 'x')`)).toBeNull();
    expect(await value(`REGEXP_REPLACE('abc', '', 'x')`)).toBe('abc');
    expect(await value(`REGEXP_REPLACE('abab', '(a)|(b)', '[$2]')`)).toBe('[][b][][b]');
  });

  it('compiles a pattern of a column row by row', async () => {
    const rows = await engine
      .query(
        `SELECT REGEXP_EXTRACT(s, p, 1) AS x FROM (VALUES ('a1', '(\\d)'), ('b2', '([a-z])'), ('c', '(')) AS t (s, p)`,
      )
      .toArray({ text: true });
    expect(rows.map((row) => row['x'])).toEqual(['1', 'b', null]);
  });

  it('refuses a pattern that could run without end before any row', () => {
    expect(() => engine.query(`SELECT REGEXP('a', '(?=a)')`)).toThrow(
      expect.objectContaining({
        code: 'VALUE_REGEXP',
        message: "the regular expression '(?=a)' could run without end",
      }) as Error,
    );
  });

  it('matches SIMILAR TO as a whole', async () => {
    expect(await value(`'abc' SIMILAR TO 'a%'`)).toBe('true');
    expect(await value(`'abc' SIMILAR TO 'b'`)).toBe('false');
    expect(await value(`'a%' SIMILAR TO 'a!%' ESCAPE '!'`)).toBe('true');
    expect(await value(`'12-34' SIMILAR TO '[[:DIGIT:]]+-[0-9]{2}'`)).toBe('true');
  });

  it('follows JSON paths as Blink does', async () => {
    const json = `{"ccc": {"hhh": ["h0", "h1", "h2"]}, "xxx": [{"a": 1}, {"a": 2}], "n": null, "t": true}`;
    expect(await value(`JSON_VALUE('${json}', '$.ccc.hhh[*]')`)).toBe('["h0","h1","h2"]');
    expect(await value(`JSON_VALUE('${json}', '$.ccc.hhh[1]')`)).toBe('h1');
    expect(await value(`JSON_VALUE('${json}', '$.ccc')`)).toBe('{"hhh":["h0","h1","h2"]}');
    expect(await value(`JSON_VALUE('${json}', '$.xxx.a')`)).toBe('[1,2]');
    expect(await value(`JSON_VALUE('${json}', '$.n')`)).toBeNull();
    expect(await value(`JSON_VALUE('${json}', '$.t')`)).toBe('true');
    expect(await value(`JSON_VALUE('${json}', 'ccc')`)).toBeNull();
    expect(await value(`JSON_VALUE('${json} x', '$.t')`)).toBeNull();
  });

  it('takes the clauses of JSON_VALUE', async () => {
    const clauses = `DEFAULT 'none' ON EMPTY DEFAULT 'bad' ON ERROR`;
    expect(await value(`JSON_VALUE('{"a": 1}', 'lax $.b' ${clauses})`)).toBe('none');
    expect(await value(`JSON_VALUE('{', 'lax $.b' ${clauses})`)).toBe('none');
    expect(await value(`JSON_VALUE('{"a": {}}', 'lax $.a' ${clauses})`)).toBe('none');
    expect(await value(`JSON_VALUE('{"a": null}', '$.a' ${clauses})`)).toBe('bad');
    expect(await value(`JSON_VALUE('{"a": 1}', '$.b' ${clauses})`)).toBe('bad');
    expect(await value(`JSON_VALUE('{"a": {}}', 'strict $.a' ${clauses})`)).toBe('bad');
    expect(await value(`JSON_VALUE('{', '$.b' ${clauses})`)).toBe('bad');
    await expect(engine.query(`SELECT JSON_VALUE('{', '$.b' ERROR ON ERROR)`).toArray()).rejects.toMatchObject({
      code: 'VALUE_INVALID',
    });
  });
});
