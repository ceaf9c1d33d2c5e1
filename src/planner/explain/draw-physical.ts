import { printExpr } from '../../expr/print.ts';
import type { Field } from '../../types/schema.ts';
import { physicalInputs } from '../physical/bounded.ts';
import type { PhysicalNode, ScanExec, SinkExec } from '../physical/plan.ts';
import * as show from './attributes.ts';
import { drawTimeJoinExec } from './draw-time-joins.ts';
import { windowAggregateLine, windowJoinLine, windowRankLine, windowTableLine } from './draw-windows.ts';
import { joinAttributes } from './draw-join.ts';
import { sortAttributes } from './draw-logical.ts';
import { matchAttributes } from './match-line.ts';
import {
  firstRowsAttributes,
  lastRowAttributes,
  leadAttributes,
  overAttributes,
  rankAttributes,
  timeText,
} from './draw-over.ts';
import { attributes, type Picture } from './picture.ts';

/** With the changelog of every output edge where rows are not only inserted. */
export function drawPhysical(node: PhysicalNode): Picture {
  const [title, given] = line(node);
  const changes = node.changelog === 'insert-only' ? undefined : node.changelog;
  const id = node.kind === 'calc' || node.kind === 'exchange' ? undefined : node.id;
  return {
    title,
    attributes: attributes({ ...given, changelog: changes, id }),
    inputs: physicalInputs(node).map(drawPhysical),
    key: node,
  };
}

function line(node: PhysicalNode): readonly [string, Readonly<Record<string, string | undefined>>] {
  const [first] = physicalInputs(node);
  const input: readonly Field[] = first?.schema.fields ?? [];
  switch (node.kind) {
    case 'scan':
      return [`Scan ${node.table.name}`, scanAttributes(node)];
    case 'values':
      return ['Values', { rows: String(node.rows.length) }];
    case 'calc':
      return [
        'Calc',
        {
          filter: node.filter && printExpr(node.filter),
          project: node.projection && show.projection(node.projection, node.schema.fields),
        },
      ];
    case 'exchange': {
      const { distribution } = node;
      return [
        'Exchange',
        { by: distribution.kind === 'single' ? 'single' : `hash${show.keyNames(distribution.keys, input)}` },
      ];
    }
    case 'group-aggregate':
      return [
        'GroupAggregate',
        {
          keys: show.keyNames(node.keys, input),
          calls: show.calls(node.calls, input),
          input: node.retracts ? 'retracting' : undefined,
        },
      ];
    case 'window-aggregate':
      return windowAggregateLine(node, input);
    case 'window-table':
      return windowTableLine(node, input);
    case 'window-join':
      return windowJoinLine(node);
    case 'window-rank':
      return windowRankLine(node, input);
    case 'expand':
      return ['Expand', { sets: show.groupingSets(node.nulled, input) }];
    case 'correlate':
      return ['Correlate', show.tableCall(node, input)];
    case 'union':
      return ['UnionAll', {}];
    case 'changelog-normalize':
      return ['ChangelogNormalize', { keys: show.keyNames(node.keys, input) }];
    case 'set-operation':
      return [show.setOperation(node), {}];
    case 'regular-join':
      return ['RegularJoin', joinAttributes(node)];
    case 'match':
      return ['Match', matchAttributes(node, input)];
    case 'interval-join':
    case 'temporal-join':
    case 'lookup-join':
      return drawTimeJoinExec(node);
    case 'over':
      return ['Over', overAttributes(node, input)];
    case 'lead':
      return ['Lead', leadAttributes(node, input)];
    case 'rank':
      return ['Rank', rankAttributes(node, input)];
    case 'first-rows':
      return ['FirstRows', firstRowsAttributes(node, input)];
    case 'last-row':
      return ['LastRow', lastRowAttributes(node, input)];
    case 'temporal-sort':
      return ['TemporalSort', { time: timeText(node.timeColumn, input), then: show.sortKeys(node.order, input) }];
    case 'sort-limit':
      return ['SortLimit', sortAttributes(node, input)];
    case 'sink':
      return [`Sink ${node.table.name}`, sinkAttributes(node)];
    case 'collect':
      return ['Collect', { columns: show.columns(node.schema.fields) }];
  }
}

function scanAttributes(node: ScanExec): Readonly<Record<string, string | undefined>> {
  const { table, source, watermark } = node;
  const entry = source.kind === 'connector' ? source.entry : undefined;
  const decoded = node.wanted.map((index) => table.columns[index]!);
  const hasComputed = node.outputs.some((expr, i) => expr.kind !== 'column' || expr.index !== i);
  return {
    connector: entry?.name ?? 'registered',
    options: entry?.describe?.(table.options),
    decode: show.list(decoded.map((one) => (one.header ? `${one.name} HEADER` : one.name))),
    filter: show.conjuncts(node.pushed),
    output: hasComputed ? show.projection(node.outputs, node.schema.fields) : undefined,
    watermark: watermark && `${node.schema.fields[watermark.column]?.name ?? ''} - ${show.duration(watermark.delayMs)}`,
    pane: watermark && pane(watermark),
    read: node.bounded ? 'bounded' : 'unbounded',
  };
}

function pane(watermark: NonNullable<ScanExec['watermark']>): string {
  const offset = watermark.paneOffsetMs === 0 ? '' : ` + ${show.duration(watermark.paneOffsetMs)}`;
  return `${show.duration(watermark.paneMs)}${offset}${watermark.everyMove === true ? ', every move' : ''}`;
}

function notNull({ rules, table }: SinkExec): string | undefined {
  if (rules === undefined || rules.notNull.length === 0) return undefined;
  const columns = show.list(rules.notNull.map((column) => table.columns[column]!.name));
  return rules.dropsNulls ? `${columns}, other rows dropped` : columns;
}

function sinkAttributes(node: SinkExec): Readonly<Record<string, string | undefined>> {
  const { entry, table } = node;
  const mode = entry.sink === false ? undefined : entry.sink;
  return {
    connector: entry.name,
    options: entry.describe?.(table.options),
    mode: node.dropRetractions ? `${mode ?? ''}, retractions dropped` : mode,
    key: table.primaryKey.length === 0 ? undefined : show.list(table.primaryKey),
    notNull: notNull(node),
    lengths: node.rules === undefined || node.rules.lengths === 'ignore' ? undefined : node.rules.lengths,
  };
}
