import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine, SluiceError } from '../../../src/index.ts';

/** An expression with the type and the text (null: NULL) that Apache Flink gives it; both are left out where it fails as it runs. */
type Recorded = readonly [sql: string, type?: string, text?: string | null];

interface Recording {
  readonly flink: string;
  /** UTC where absent. */
  readonly timeZone?: string;
  readonly cases: readonly Recorded[];
}

type Answer = { readonly type: string; readonly text: string | null } | { readonly error: SluiceError };

const folder = fileURLToPath(new URL('./scalars/', import.meta.url));
/** Expressions under the reason why they differ; the reasons in words stand in docs/sql/flink-differences.md. */
const list = fileURLToPath(new URL('./scalar-differences.json', import.meta.url));
const differences = JSON.parse(readFileSync(list, 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, readonly string[]>>>
>;
/** With UPDATE=1 the list is written anew; what is new in it stands under this until somebody has looked into it. */
const NO_REASON = 'unknown';
const update = process.env['UPDATE'] === '1';
const found = new Map<string, readonly string[]>();

async function answer(engine: Engine, cases: readonly Recorded[]): Promise<Answer[]> {
  try {
    const query = cases.map(([sql], i) => `${sql} AS c${i}`).join(', ');
    const result = await engine.prepare(`SELECT ${query}`);
    const [row] = await result.toArray({ text: true });
    return cases.map((_, i) => ({
      type: result.schema[i]?.type ?? '',
      text: row?.[`c${i}`] ?? null,
    }));
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code === 'INTERNAL') throw error;
    // One that fails takes the others along.
    if (cases.length === 1) return [{ error }];
    const middle = cases.length >> 1;
    return [...(await answer(engine, cases.slice(0, middle))), ...(await answer(engine, cases.slice(middle)))];
  }
}

function isSame(got: Answer, [, type, text]: Recorded): boolean {
  if (type === undefined) return 'error' in got && !got.error.code.startsWith('PARSE');
  if ('error' in got) return false;
  return normalType(got.type) === normalType(type) && sameText(got.text, text ?? null, type);
}

function sameText(got: string | null, wanted: string | null, type: string): boolean {
  if (got === null || wanted === null || got === wanted) return got === wanted;
  // Java before 19 prints more digits than a number needs, and its logarithms differ in the last one.
  if (/^(FLOAT|DOUBLE)/.test(type)) {
    const [a, b] = [Number(got), Number(wanted)];
    if (type.startsWith('FLOAT')) return Object.is(Math.fround(a), Math.fround(b));
    return a !== 0 && Math.abs(a - b) <= Math.abs(a) * 5e-16;
  }
  return wanted.replace(/\bx'([0-9a-f]*)'/g, '0x$1') === got;
}

/** Without lengths of texts and bytes, which mean nothing here, and with one name for points in time and for lengths of it. */
function normalType(type: string): string {
  return type
    .replaceAll(' NOT NULL', '')
    .replaceAll('`', '')
    .replaceAll('_LTZ', '')
    .replaceAll(/\b(STRING|(VAR)?CHAR(\(\d+\))?)/g, 'TEXT')
    .replaceAll(/\b(BYTES|(VAR)?BINARY(\(\d+\))?)/g, 'BYTES')
    .replaceAll(/INTERVAL (YEAR|MONTH)(\(\d\))?( TO MONTH)?/g, 'INTERVAL MONTH')
    .replaceAll(/INTERVAL (DAY|HOUR|MINUTE|SECOND)(\(\d\))?( TO [A-Z]+)?(\(\d(, \d)?\))?/g, 'INTERVAL SECOND');
}

describe('scalar expressions that Apache Flink was asked as well', () => {
  afterAll(() => {
    if (!update) return;
    const reasons = new Map(
      Object.entries(differences).flatMap(([reason, files]) =>
        Object.entries(files).flatMap(([file, sqls]) => sqls.map((sql) => [`${file}:${sql}`, reason] as const)),
      ),
    );
    const written: Record<string, Record<string, string[]>> = {};
    for (const [file, sqls] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
      for (const sql of sqls) ((written[reasons.get(`${file}:${sql}`) ?? NO_REASON] ??= {})[file] ??= []).push(sql);
    }
    const sorted = Object.fromEntries(Object.entries(written).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(list, `${JSON.stringify(sorted, null, 1)}\n`);
  });

  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s', async (name) => {
    const recording = JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as Recording;
    const file = name.replace('.json', '');
    const engine = await Engine.open({
      timeZone: recording.timeZone ?? 'UTC',
      settings: { 'sql.compatibility': 'flink' },
      onWarning: () => undefined,
    });
    const wrong: { sql: string; flink: string; here: string }[] = [];
    const known = new Set(Object.values(differences).flatMap((files) => files[file] ?? []));
    // What fails is asked by itself.
    const isAlone = ([sql, type]: Recorded): boolean => type === undefined || known.has(sql);
    const ends = recording.cases.filter(isAlone);
    const values = recording.cases.filter((one) => !isAlone(one));
    try {
      const answers: Answer[] = [];
      for (let i = 0; i < values.length; i += 40) answers.push(...(await answer(engine, values.slice(i, i + 40))));
      for (const one of ends) answers.push(...(await answer(engine, [one])));
      [...values, ...ends].forEach((one, i) => {
        const got = answers[i];
        if (got === undefined || isSame(got, one)) return;
        const here = 'error' in got ? got.error.message : `${got.text ?? 'NULL'} ${got.type}`;
        const flink = one[1] === undefined ? 'fails' : `${one[2] ?? 'NULL'} ${one[1]}`;
        wrong.push({ sql: one[0], flink, here });
      });
    } finally {
      await engine.close();
    }
    found.set(
      file,
      wrong.map(({ sql }) => sql),
    );
    if (update) return;
    expect(wrong.filter(({ sql }) => !known.has(sql))).toEqual([]);
    // What is listed and agrees is to be struck off.
    expect([...known].filter((sql) => !wrong.some((one) => one.sql === sql))).toEqual([]);
  });

  it('have a reason wherever they differ', () => {
    if (!update) expect(differences[NO_REASON]).toBeUndefined();
  });
});
