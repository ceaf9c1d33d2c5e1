import { inspect } from 'node:util';
import { Engine, SluiceError, type ChangeKind, type RegisterTableOptions } from '../../src/index.ts';
import type { Case, CaseTable } from './cases.ts';
import { sameCell, sameDecimalValue, sameNested, sameNestedText, sameTypeName } from './compare.ts';

export type Dialect = 'blink' | 'flink';

export interface Outcome {
  readonly pass: boolean;
  readonly got: string;
}

/** Refusals that say "we do not have this" are no proof that a case that must fail does fail for its reason. */
const absent = new Set(['PLAN_UNSUPPORTED', 'PLAN_UNKNOWN_FUNCTION', 'TYPE_UNKNOWN', 'PARSE_SYNTAX', 'INTERNAL']);

/** The settings a case counts under: a `both` case must hold under each. */
export function dialectsOf(one: Case): readonly Dialect[] {
  return one.dialect === 'both' ? ['blink', 'flink'] : [one.dialect];
}

/** Runs one case through the public API under one compatibility setting. */
export async function runCase(one: Case, dialect: Dialect): Promise<Outcome> {
  const engine = await Engine.open({
    timeZone: one.settings?.timezone ?? 'UTC',
    settings: { 'sql.compatibility': dialect },
    onWarning: () => undefined,
  });
  try {
    for (const table of one.input ?? []) engine.registerTable(table.name, tableOptions(table));
    for (const view of one.views ?? []) await engine.execute(`CREATE VIEW ${view.name} AS ${view.sql}`);
    return one.expr === undefined ? await runQuery(engine, one) : await runScalar(engine, one);
  } catch (error) {
    return { pass: false, got: describe(error) };
  } finally {
    await engine.close();
  }
}

function tableOptions(table: CaseTable): RegisterTableOptions {
  return {
    columns: table.columns,
    rows: table.rows,
    ...(table.ops === undefined ? {} : { changes: table.ops as ChangeKind[] }),
    ...(table.watermark === undefined ? {} : { watermark: table.watermark }),
    ...(table.primaryKey === undefined ? {} : { primaryKey: table.primaryKey }),
    ...(table.changelogMode === undefined ? {} : { changelogMode: table.changelogMode }),
    ...(table.kind === 'dimension' ? { dimension: true } : {}),
  };
}

async function runScalar(engine: Engine, one: Case): Promise<Outcome> {
  const { expected } = one;
  const from = one.input?.[0] === undefined ? '' : ` FROM ${one.input[0].name}`;
  let planned = false;
  let text: string | null = null;
  let value: unknown;
  let type: string;
  try {
    const result = await engine.prepare(`SELECT ${one.expr ?? ''}${from}`);
    type = result.schema[0]?.type ?? '';
    planned = true;
    const rows = expected.value === undefined ? await result.toArray({ text: true }) : await result.toArray();
    if (rows.length !== 1) return { pass: false, got: `${rows.length} rows` };
    value = Object.values(rows[0] ?? {})[0] ?? null;
    if (typeof value === 'string') text = value;
  } catch (error) {
    const when = planned ? 'runtime' : 'validate';
    const right = expected.error === true && (expected.when === undefined || expected.when === when);
    const honest = error instanceof SluiceError && !absent.has(error.code);
    return { pass: right && honest, got: `${when} error: ${describe(error)}` };
  }
  const shown =
    typeof value === 'object' && value !== null
      ? inspect(value, { depth: 9 })
      : `${(value ?? 'NULL') as string | number | bigint | boolean}`;
  const got = `${shown} (${type})`;
  if (expected.error === true) return { pass: false, got };
  if (expected.type !== undefined && !sameTypeName(type, expected.type)) return { pass: false, got };
  if (expected.null === true) return { pass: text === null, got };
  if (expected.text === undefined) return { pass: sameNested(value, expected.value), got };
  if (type.startsWith('DECIMAL') && expected.type === undefined) {
    return { pass: sameDecimalValue(text, expected.text), got };
  }
  return { pass: sameCell(text, expected.text, expected.type ?? type, touchesFloat(one)), got };
}

function touchesFloat(one: Case): boolean {
  const columns = (one.input ?? []).flatMap((table) => table.columns);
  return /\b(FLOAT|REAL)\b/i.test(one.expr ?? one.sql ?? '') || columns.some((column) => column.type === 'FLOAT');
}

async function runQuery(engine: Engine, one: Case): Promise<Outcome> {
  const { expected } = one;
  const result = await engine.prepare(one.sql ?? '');
  const types = result.schema.map((column, i) => expected.columns?.[i]?.type ?? column.type);
  const names = (expected.columns ?? result.schema).map((column) => column.name);
  const keys = (expected.key ?? []).map((name) => names.indexOf(name));
  let rows: (string | null)[][] = [];
  let appendOnly = true;
  for await (const batch of result.textBatches()) {
    batch.kinds.forEach((kind, i) => {
      const cells = [...(batch.cells[i] ?? [])];
      if (kind !== '+I') appendOnly = false;
      rows = apply(rows, kind, cells, keys);
    });
  }
  const got = JSON.stringify(rows);
  if (expected.mode === 'append' && !appendOnly) return { pass: false, got: `updates: ${got}` };
  return { pass: sameMultiset(rows, expected.rows ?? [], types, touchesFloat(one)), got };
}

function apply(
  rows: (string | null)[][],
  kind: ChangeKind,
  cells: (string | null)[],
  keys: number[],
): (string | null)[][] {
  if (keys.length > 0) {
    const same = (row: (string | null)[]): boolean => keys.every((key) => row[key] === cells[key]);
    if (kind === '-U') return rows;
    const rest = rows.filter((row) => !same(row));
    return kind === '-D' ? rest : [...rest, cells];
  }
  if (kind === '+I' || kind === '+U') return [...rows, cells];
  const text = JSON.stringify(cells);
  const place = rows.findIndex((row) => JSON.stringify(row) === text);
  return place < 0 ? rows : rows.filter((_, i) => i !== place);
}

function sameMultiset(
  got: readonly (readonly (string | null)[])[],
  expected: readonly (readonly unknown[])[],
  types: readonly string[],
  loose: boolean,
): boolean {
  if (got.length !== expected.length) return false;
  const left = [...got];
  return expected.every((row) => {
    const place = left.findIndex(
      (one) => one.length === row.length && one.every((cell, i) => sameQueryCell(cell, row[i], types[i], loose)),
    );
    if (place < 0) return false;
    left.splice(place, 1);
    return true;
  });
}

function sameQueryCell(cell: string | null, expected: unknown, type: string | undefined, loose: boolean): boolean {
  if (type?.startsWith('DECIMAL') === true && typeof expected === 'string') return sameDecimalValue(cell, expected);
  if (type !== undefined && /^(ARRAY|MAP|ROW|MULTISET)\b/.test(type)) return sameNestedText(cell, expected);
  return sameCell(cell, expected, type, loose);
}

function describe(error: unknown): string {
  if (error instanceof SluiceError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
