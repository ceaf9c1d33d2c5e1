import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine, SluiceError, type ChangeKind, type RegisterTableOptions } from '../../../src/index.ts';
import type { CaseTable } from '../cases.ts';
import { sameCell, sameTypeName } from '../compare.ts';

/** One query and what Apache Flink answered to it in streaming mode. */
interface Recorded {
  readonly name: string;
  readonly sql: string;
  readonly tables: readonly string[];
  /** UTC where absent. */
  readonly timeZone?: string;
  readonly views?: readonly { readonly name: string; readonly sql: string }[];
  /** Flink's message where it refuses the query or fails; the fields below are then absent. */
  readonly refused?: string;
  readonly columns?: readonly (readonly [name: string, type: string])[];
  /** Flink emitted inserts only. */
  readonly append?: true;
  /** What is left after all changes; in the order of the changes where `ordered`. */
  readonly rows?: readonly (readonly (string | null)[])[];
  readonly ordered?: true;
}

interface Recording {
  readonly flink: string;
  readonly tables: Readonly<Record<string, Omit<CaseTable, 'name'>>>;
  readonly cases: readonly Recorded[];
}

type Difference = 'accepts' | 'refuses' | 'rows' | 'order' | 'updates' | 'types' | 'names';

interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly append: boolean;
}

const folder = fileURLToPath(new URL('./queries/', import.meta.url));
/** Names of cases under the reason why they differ; the reasons in words stand in docs/sql/flink-differences.md. */
const list = fileURLToPath(new URL('./query-differences.json', import.meta.url));
const differences = JSON.parse(readFileSync(list, 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, readonly Difference[]>>>
>;
const expected = new Map(Object.values(differences).flatMap((cases) => Object.entries(cases)));
/** With UPDATE=1 the list is written anew; what is new in it stands under this until somebody has looked into it. */
const NO_REASON = 'unknown';
const update = process.env['UPDATE'] === '1';
const all = new Map<string, readonly Difference[]>();

async function ours(one: Recorded, recording: Recording): Promise<Answer> {
  const engine = await Engine.open({
    timeZone: one.timeZone ?? 'UTC',
    settings: { 'sql.compatibility': 'flink' },
    onWarning: () => undefined,
  });
  try {
    for (const name of one.tables) engine.registerTable(name, tableOptions(recording.tables[name]!));
    for (const view of one.views ?? []) await engine.execute(`CREATE VIEW ${view.name} AS ${view.sql}`);
    const result = await engine.prepare(one.sql);
    const rows = new Map<string, (readonly (string | null)[])[]>();
    const inserted: (readonly (string | null)[])[] = [];
    let append = true;
    for await (const { kinds, cells } of result.textBatches()) {
      kinds.forEach((kind, i) => {
        if (kind !== '+I') append = false;
        inserted.push(cells[i]!);
        apply(rows, kind, { cells: cells[i]!, key: result.upsertKey });
      });
    }
    return { columns: result.schema, rows: append ? inserted : [...rows.values()].flat(), append };
  } finally {
    await engine.close();
  }
}

function tableOptions(table: Omit<CaseTable, 'name'>): RegisterTableOptions {
  return {
    columns: table.columns,
    rows: table.rows,
    ...(table.ops === undefined ? {} : { changes: table.ops as ChangeKind[] }),
    ...(table.watermark === undefined ? {} : { watermark: table.watermark }),
    ...(table.primaryKey === undefined ? {} : { primaryKey: table.primaryKey }),
    ...(table.changelogMode === undefined ? {} : { changelogMode: table.changelogMode }),
  };
}

/** A change that takes back a row which is not there is a fault of its own. */
function apply(
  rows: Map<string, (readonly (string | null)[])[]>,
  kind: ChangeKind,
  { cells, key }: { readonly cells: readonly (string | null)[]; readonly key: readonly number[] | undefined },
): void {
  const name = JSON.stringify(key === undefined ? cells : key.map((i) => cells[i]));
  const list = rows.get(name) ?? [];
  if (kind === '-U' || kind === '-D') {
    if (list.length === 0) throw new Error(`${kind} without its row: ${name}`);
    list.pop();
  } else if (key !== undefined) list[0] = cells;
  else list.push(cells);
  rows.set(name, list);
}

async function differencesOf(one: Recorded, recording: Recording): Promise<readonly Difference[]> {
  let answer: Answer;
  try {
    answer = await ours(one, recording);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code === 'INTERNAL') throw error;
    return one.refused === undefined ? ['refuses'] : [];
  }
  const { columns, rows } = one;
  if (columns === undefined || rows === undefined) return ['accepts'];
  const found: Difference[] = [];
  // Fewer updates are right too: rows of one batch that change a group again and again make one change.
  if (one.append === true && !answer.append) found.push('updates');
  if (!sameRows(answer.rows, rows, columns)) found.push('rows');
  else if (one.ordered && !rows.every((row, i) => sameRow(answer.rows[i]!, row, columns))) found.push('order');
  if (!columns.every(([, type], i) => sameTypeName(answer.columns[i]?.type ?? '', type))) found.push('types');
  if (!columns.every(([name], i) => answer.columns[i]?.name === name)) found.push('names');
  return found;
}

type Columns = NonNullable<Recorded['columns']>;

function sameRows(got: Answer['rows'], wanted: Answer['rows'], columns: Columns): boolean {
  if (got.length !== wanted.length) return false;
  const left = [...got];
  return wanted.every((row) => {
    const place = left.findIndex((one) => sameRow(one, row, columns));
    if (place >= 0) left.splice(place, 1);
    return place >= 0;
  });
}

function sameRow(got: readonly (string | null)[], wanted: readonly (string | null)[], columns: Columns): boolean {
  return columns.every(([, type], i) => {
    const [a, b] = [got[i] ?? null, wanted[i] ?? null];
    if (a === null || b === null) return a === b;
    // Entries of a map have no order.
    return /^(MAP|MULTISET)/.test(type) ? entries(a) === entries(b) : sameCell(a, b, type);
  });
}

function entries(text: string): string {
  return text.slice(1, -1).split(', ').sort().join(', ');
}

const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const recordings = files.map((name) => JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as Recording);

describe('queries that Apache Flink has answered', () => {
  it.each(files.map((name, i) => [name, recordings[i]!] as const))(
    '%s: we answer the same, but for the listed differences',
    async (_, recording) => {
      const found: Record<string, readonly Difference[]> = {};
      const listed: Record<string, readonly Difference[]> = {};
      for (const one of recording.cases) {
        const differs = await differencesOf(one, recording).catch((error: unknown) => {
          throw new Error(`${one.name}: ${one.sql}`, { cause: error });
        });
        if (differs.length > 0) all.set(one.name, (found[one.name] = differs));
        const known = expected.get(one.name);
        if (known !== undefined) listed[one.name] = known;
      }
      if (!update) expect(found).toEqual(listed);
    },
    120_000,
  );

  afterAll(() => {
    if (!update) return;
    const after: Record<string, Record<string, readonly Difference[]>> = {};
    for (const [name, differs] of [...all].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const reason = Object.keys(differences).find((one) => differences[one]?.[name] !== undefined) ?? NO_REASON;
      (after[reason] ??= {})[name] = differs;
    }
    const lines = Object.entries(after).map(([reason, cases]) => {
      const entries = Object.entries(cases).map(
        ([name, differs]) => `  ${JSON.stringify(name)}: ${JSON.stringify(differs)}`,
      );
      return ` ${JSON.stringify(reason)}: {\n${entries.join(',\n')}\n }`;
    });
    writeFileSync(list, `{\n${lines.join(',\n')}\n}\n`);
  });

  it('are all there that a difference names, each under one reason', () => {
    const names = new Set(recordings.flatMap((one) => one.cases.map((it) => it.name)));
    const listed = Object.values(differences).flatMap((cases) => Object.keys(cases));
    expect(listed.filter((name) => !names.has(name))).toEqual([]);
    expect(listed.filter((name, i) => listed.indexOf(name) !== i)).toEqual([]);
  });

  it('differ for reasons that the documentation gives', () => {
    const page = readFileSync(new URL('../../../docs/sql/flink-differences.md', import.meta.url), 'utf8');
    expect(differences[NO_REASON]).toBeUndefined();
    expect(Object.keys(differences).filter((reason) => !page.includes(`\`${reason}\``))).toEqual([]);
  });
});
