import type { Field } from '../../types/schema.ts';
import type { OverNode, RankNode } from '../logical/plan.ts';
import type {
  FirstRowsExec,
  LastRowExec,
  LeadExec,
  OverCall,
  OverExec,
  OverFrame,
  RankExec,
  RankSpec,
} from '../physical/over-plan.ts';
import type { SortKey } from '../physical/plan.ts';
import * as show from './attributes.ts';

type Attributes = Readonly<Record<string, string | undefined>>;

export function overAttributes(node: OverNode | OverExec, input: readonly Field[]): Attributes {
  const order: readonly SortKey[] = 'order' in node ? node.order : [];
  return {
    partition: partitionText(node.partition, input),
    order: show.sortKeys(order, input),
    time: 'timeColumn' in node ? timeText(node.timeColumn, input) : undefined,
    frame: node.calls.some((call) => call.kind === 'aggregate') ? frameText(node.frame) : undefined,
    calls: callsText(node.calls, input),
  };
}

export function leadAttributes(node: LeadExec, input: readonly Field[]): Attributes {
  return { partition: partitionText(node.partition, input), calls: callsText(node.calls, input) };
}

export function rankAttributes(node: RankNode | RankExec, input: readonly Field[]): Attributes {
  return {
    partition: partitionText(node.partition, input),
    order: node.order.length === 0 ? 'arrival' : show.sortKeys(node.order, input),
    ranks: rangeText(node, input),
    rank: node.rankColumn ? (node.schema.fields.at(-1)?.name ?? '') : undefined,
    strategy: 'strategy' in node ? node.strategy : undefined,
    key: 'rowKey' in node && node.rowKey !== undefined ? show.keyNames(node.rowKey, input) : undefined,
  };
}

export function firstRowsAttributes(node: FirstRowsExec, input: readonly Field[]): Attributes {
  return {
    partition: partitionText(node.partition, input),
    time: timeText(node.timeColumn, input),
    ranks: rangeText(node, input),
    rank: node.rankColumn ? (node.schema.fields.at(-1)?.name ?? '') : undefined,
  };
}

export function lastRowAttributes(node: LastRowExec, input: readonly Field[]): Attributes {
  return { partition: partitionText(node.partition, input), time: timeText(node.timeColumn, input) };
}

export function timeText(column: number, input: readonly Field[]): string {
  return column < 0 ? 'processing time' : (input[column]?.name ?? '');
}

function partitionText(partition: readonly number[], input: readonly Field[]): string | undefined {
  return partition.length === 0 ? undefined : show.keyNames(partition, input);
}

function rangeText({ fromRank, toRank }: Pick<RankSpec, 'fromRank' | 'toRank'>, input: readonly Field[]): string {
  const to = typeof toRank === 'number' ? String(toRank) : (input[toRank.column]?.name ?? '');
  return `${fromRank} to ${to}`;
}

function frameText({ unit, preceding }: OverFrame): string {
  const from = preceding === undefined ? 'all rows' : unit === 'rows' ? `${preceding} rows` : show.duration(preceding);
  return `${unit.toUpperCase()} ${from} before`;
}

function callsText(calls: readonly OverCall[], input: readonly Field[]): string {
  const name = (column: number): string => input[column]?.name ?? '';
  return show.list(
    calls.map((call) => {
      switch (call.kind) {
        case 'aggregate':
          return show.calls([call.call], input).slice(1, -1);
        case 'rank':
          return `${call.name}()`;
        case 'shift': {
          const fallback = call.fallback === undefined ? [] : [name(call.fallback)];
          return `${call.name}${show.list([name(call.column), String(call.offset), ...fallback])}`;
        }
      }
    }),
  );
}
