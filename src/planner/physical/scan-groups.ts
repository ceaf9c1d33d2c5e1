import type { Expr } from '../../contracts/expression.ts';
import { printExpr } from '../../expr/print.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { collectColumns, exprKey, moveColumns } from '../expr-tree.ts';
import type { CatalogTable } from '../catalog-table.ts';
import type { LogicalField, LogicalNode, LogicalRoot, ScanNode } from '../logical/plan.ts';
import { intervalJoin } from '../logical/interval-join.ts';
import { waitsForTime } from '../logical/rank.ts';
import { inputsOf } from '../logical/tree.ts';
import { isIntervalJoin, isUpdating } from './changelog.ts';
import { readsWatermark } from './current-watermark.ts';
import type { AlignedWindow, ScanExec, WatermarkSpec, WindowSpec } from './plan.ts';

/** One read of a table and what each of its users takes from it. */
export interface SharedScan {
  readonly exec: ScanExec;
  /** The primary key in the output of `exec`, where the table sends updates without their old rows. */
  readonly keys: readonly number[];
  /** For a scan of the logical plan: places of its columns in the output of `exec`, and the filters left to it. */
  use(scan: ScanNode): { readonly columns: readonly number[]; readonly filters: readonly Expr[] };
}

interface Group {
  readonly table: CatalogTable;
  readonly scans: ScanNode[];
  readonly windows: Set<WindowSpec>;
  /** One of the scans feeds no window: what it gives must not depend on the others. */
  hasPlainUse: boolean;
}

/** What waits for single rows instead of windows: any watermark may matter. */
const EVERY_MILLISECOND: WindowSpec = { kind: 'tumble', sizeMs: 1, offsetMs: 0 };
/** The same for an outer interval join, which gives a row without rowtime for itself. */
const EVERY_ROW: WindowSpec = { kind: 'tumble', sizeMs: 1, offsetMs: 0 };
/** The same for what reads the watermark itself. */
const EVERY_MOVE: WindowSpec = { kind: 'tumble', sizeMs: 1, offsetMs: 0 };
/** Clocks go by whole quarters of an hour, so that windows of local time end with one. */
const QUARTER_OF_AN_HOUR: AlignedWindow = { kind: 'tumble', sizeMs: 900_000, offsetMs: 0 };

/**
 * All scans of one table in a job become one read: the columns wanted by any of them, and their filters only where all
 * have the same ones (else each keeps its own above the read).
 */
export function shareScans(roots: readonly LogicalRoot[]): ReadonlyMap<CatalogTable, SharedScan> {
  const groups = new Map<CatalogTable, Group>();
  for (const root of roots) collect(root, [], groups);
  return new Map([...groups.values()].map((group) => [group.table, share(group)]));
}

function collect(node: LogicalNode, windows: readonly WindowSpec[], groups: Map<CatalogTable, Group>): void {
  if (node.kind === 'scan') {
    const { table } = node;
    const group: Group = groups.get(table) ?? { table, scans: [], windows: new Set<WindowSpec>(), hasPlainUse: false };
    groups.set(table, group);
    group.scans.push(node);
    if (windows.every((one) => one === EVERY_MOVE) || windows.includes(EVERY_ROW)) group.hasPlainUse = true;
    windows.forEach((one) => group.windows.add(one));
    return;
  }
  const below = [...windows, ...waitingFor(node)];
  for (const one of inputsOf(node)) collect(one, below, groups);
}

function share({ table, scans, windows, hasPlainUse }: Group): SharedScan {
  const filterKey = (scan: ScanNode): string => scan.pushed.map(exprKey).sort().join(' AND ');
  // Where old rows are looked up by key, a filter must see both rows of an update.
  const upserts = table.changelog === 'upsert';
  const sameFilters = !upserts && new Set(scans.map(filterKey)).size === 1;
  const pushed = sameFilters ? scans[0]!.pushed : [];
  const outputs: Expr[] = [];
  const fields: LogicalField[] = [];
  const places = new Map<string, number>();
  const add = (expr: Expr, field: LogicalField): number => {
    const key = exprKey(expr);
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, outputs.length);
    fields.push(field);
    return outputs.push(expr) - 1;
  };
  for (const scan of scans) scan.outputs.forEach((expr, i) => add(expr, scan.schema.fields[i]!));
  if (!sameFilters) {
    // A filter that stays above reads physical columns, which then are outputs.
    for (const column of scans.flatMap((scan) => scan.pushed.flatMap((one) => [...collectColumns(one, new Set())]))) {
      const { name, type, nullable } = table.descriptor.columns[column]!;
      add({ kind: 'column', index: column, name, type }, { name, type, nullable });
    }
  }
  const keys = (upserts ? table.descriptor.primaryKey : []).map((key) => {
    const column = table.descriptor.columns.findIndex((one) => one.name === key);
    const { name, type, nullable } = table.descriptor.columns[column]!;
    return add({ kind: 'column', index: column, name, type }, { name, type, nullable });
  });
  const read = new Set<number>();
  for (const expr of [...outputs, ...pushed]) collectColumns(expr, read);
  const wanted = [...read].sort((a, b) => a - b);
  const toWanted = (expr: Expr): Expr => moveColumns(expr, (index) => wanted.indexOf(index));
  const placeOf = (expr: Expr): number => {
    const place = places.get(exprKey(expr));
    if (place === undefined) throw new InternalError(`table "${table.name}" is not read for ${printExpr(expr)}`);
    return place;
  };
  const exec: ScanExec = {
    kind: 'scan',
    id: `scan/${table.name}`,
    schema: { fields },
    changelog: table.changelog,
    span: scans[0]?.span,
    table: table.descriptor,
    source: table.from,
    wanted,
    pushed: pushed.map(toWanted),
    outputs: outputs.map(toWanted),
    watermark: watermarkSpec(table, fields, { windows: [...windows], keepsNulls: hasPlainUse }),
    bounded: table.bounded,
  };
  return {
    exec,
    keys,
    use(scan) {
      const columns = scan.outputs.map((expr) => placeOf(expr));
      const toOutput = (index: number): number => {
        const { name, type } = table.descriptor.columns[index]!;
        return placeOf({ kind: 'column', index, name, type });
      };
      return { columns, filters: sameFilters ? [] : scan.pushed.map((one) => moveColumns(one, toOutput)) };
    },
  };
}

/**
 * Undefined where no window waits for a watermark: then rows without a rowtime count like all others, whichever columns
 * the query names.
 */
function watermarkSpec(
  table: CatalogTable,
  fields: readonly LogicalField[],
  { windows, keepsNulls }: { readonly windows: readonly WindowSpec[]; readonly keepsNulls: boolean },
): WatermarkSpec | undefined {
  const column = fields.findIndex((field) => field.time === 'rowtime');
  const [first] = windows;
  if (table.watermark === undefined || column < 0 || first === undefined) return undefined;
  const { paneMs, paneOffsetMs } = paneOf(windows);
  const touches = windows.some((one) => one.kind === 'session') ? { touches: true } : {};
  const everyMove = windows.includes(EVERY_MOVE) ? { everyMove: true } : {};
  const spec = { column, delayMs: table.watermark.delayMs, paneMs, paneOffsetMs, ...touches, ...everyMove };
  return keepsNulls ? { ...spec, keepsNulls } : spec;
}

/** The windows that a node makes by event time: what waits for the watermark. */
function waitingFor(node: LogicalNode): readonly WindowSpec[] {
  if (readsWatermark(node)) return [EVERY_MOVE];
  if (waitsForTime(node, isUpdating)) return [EVERY_MILLISECOND];
  if (node.kind === 'temporal-join') return node.times === undefined ? [] : [EVERY_MILLISECOND];
  if (node.kind === 'join') {
    const found = intervalJoin(node);
    if (found === undefined || found.processingTime || !isIntervalJoin(node)) return [];
    return [found.joinType === 'inner' ? EVERY_MILLISECOND : EVERY_ROW];
  }
  if (node.kind === 'match') return node.spec.time === 'rowtime' ? [EVERY_MILLISECOND] : [];
  if (node.kind !== 'window-aggregate' && node.kind !== 'window-table') return [];
  return node.processingTime || node.window.kind === 'attached' ? [] : [node.window];
}

/** The pane that no window ends within; a session may end at any time. */
function paneOf(windows: readonly WindowSpec[]): { readonly paneMs: number; readonly paneOffsetMs: number } {
  const aligned = windows.flatMap((one): AlignedWindow[] => {
    if (one.kind === 'session' || one.kind === 'attached') return [];
    return [one.zone === undefined ? one : QUARTER_OF_AN_HOUR];
  });
  const [first] = aligned;
  if (first === undefined || aligned.length < windows.length) return { paneMs: 1, paneOffsetMs: 0 };
  const paneMs = aligned
    .flatMap((one) => [one.sizeMs, stepOf(one), Math.abs(one.offsetMs - first.offsetMs)])
    .reduce(greatestCommonDivisor, 0);
  return { paneMs, paneOffsetMs: first.offsetMs % paneMs };
}

function stepOf(window: AlignedWindow): number {
  return window.kind === 'hop' ? window.slideMs : window.kind === 'cumulate' ? window.stepMs : window.sizeMs;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
