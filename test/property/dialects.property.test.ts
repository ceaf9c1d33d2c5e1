import { describe, expect, it } from 'vitest';
import { ParseError } from '../../src/errors/sluice-error.ts';
import type { SourceText } from '../../src/errors/span.ts';
import { parseDialect } from '../../src/parser/dialects/parse-dialect.ts';
import { dialects as registry } from '../../src/parser/dialects/registry.ts';

const seeds = [
  'SELECT a::int, "b c" || \'x\', count(*) FILTER (WHERE a > 1) FROM t GROUP BY 1 WITH ROLLUP ORDER BY 2 LIMIT 5, 3',
  'SELECT a, e FROM t LATERAL VIEW OUTER explode(split(s, "\\\\|")) x AS e, f WHERE a <=> 1 AND b RLIKE \'y\'',
  "WITH x AS (SELECT date_trunc('minute', __time__) t FROM log) SELECT * FROM x, UNNEST(ARRAY[1]) AS y(z) WHERE j ->> 'k' = 1",
  'status: 200 and not (uri: "/a b*" or level in [1 3)) #"p q" | SELECT __time__, count(1) AS c GROUP BY 1 ORDER BY c DESC',
  "SELECT CAST(a AS array(map(varchar, int))), INTERVAL '1 day 2 hours', x'0c', $$q$$ -- end\n FROM `t` /* c */",
];
const glue = [
  ...'()[]|:;,.\'"`\\*+-/<>=!~#$? ',
  ' NOT ',
  ' AS ',
  '::',
  '->>',
  'CASE ',
  ' WITH ROLLUP',
  'LATERAL VIEW ',
  ' GROUPING SETS ',
];
const dialects = ['mysql', 'postgresql', 'trino', 'hive', 'sls'];
const logTable = () => ({ name: ['t'], columns: [{ name: 'uri', type: 'text' as const }] });

/** Mulberry32: the same texts on every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

async function readOwn(name: string, source: SourceText): Promise<unknown> {
  const parse = await registry[name]!.load();
  return parse(source, { logTable });
}

describe('texts that are not quite queries of another system', () => {
  it('give a tree or a ParseError with a place, in bounded time', async () => {
    const random = generator(20260101);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
    for (let round = 0; round < 4000; round++) {
      let text = pick(seeds);
      for (let change = 0; change <= random() * 4; change++) {
        const at = Math.floor(random() * text.length);
        const other = pick(seeds);
        const from = Math.floor(random() * other.length);
        const piece = random() < 0.5 ? pick(glue) : other.slice(from, from + Math.floor(random() * 20));
        text = text.slice(0, at) + piece + text.slice(at + Math.floor(random() * 6));
      }
      // Some through the whole door: what our own grammar cannot read is also given to the second reader, in a thread.
      const name = pick(dialects);
      const source = { name: 'q', text };
      const read = round % 200 === 0 ? parseDialect(name, source, { logTable }) : readOwn(name, source);
      const error: unknown = await read.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) continue;
      expect(error, text).toBeInstanceOf(ParseError);
      const { span } = error as ParseError;
      expect(span !== undefined && span.start >= 0 && span.start <= text.length, text).toBe(true);
    }
  }, 180_000);

  it.each([
    ['postgresql', (n: number) => `SELECT a${'::int'.repeat(n)} FROM t`],
    ['postgresql', (n: number) => `SELECT ${Array.from({ length: n }, () => '(a)::int').join(', ')} FROM t`],
    ['trino', (n: number) => `SELECT ${'CAST(TRIM('.repeat(n)}a${') AS int)'.repeat(n)} FROM t`],
    ['hive', (n: number) => `SELECT ${'pmod('.repeat(n)}a${', 3)'.repeat(n)} FROM t`],
    ['sls', (n: number) => `${'('.repeat(n)}a${')'.repeat(n)} | SELECT 1`],
    ['sls', (n: number) => `${'a or '.repeat(n)}b | SELECT 1`],
  ])('%s: long and deep texts take no long time (%#)', async (dialect, make) => {
    await parseDialect(dialect, { name: 'q', text: make(5000) }, { logTable }).catch((reason: unknown) => {
      expect(reason).toBeInstanceOf(ParseError);
    });
  });
});
