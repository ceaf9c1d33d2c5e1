import { printExpr } from '../../expr/print.ts';
import type { Field } from '../../types/schema.ts';
import type { WindowAggregateNode, WindowRankNode, WindowTableNode } from '../logical/plan.ts';
import type { EmitSpec, WindowAggregateExec } from '../physical/plan.ts';
import type { WindowJoinExec, WindowRankExec, WindowTableExec } from '../physical/window-plan.ts';
import * as show from './attributes.ts';

type Line = readonly [string, Readonly<Record<string, string | undefined>>];

export function windowAggregateLine(node: WindowAggregateNode | WindowAggregateExec, input: readonly Field[]): Line {
  return [
    'WindowAggregate',
    {
      window: show.windowText(node.window, timeName(node, input), input),
      keys: show.keyNames(node.keys, input),
      calls: show.calls(node.calls, input),
      properties: node.properties.length === 0 ? '' : show.list(node.properties),
      emit: node.emit && emitText(node.emit),
      input: 'retracts' in node && node.retracts ? 'retracting' : undefined,
    },
  ];
}

export function windowTableLine(node: WindowTableNode | WindowTableExec, input: readonly Field[]): Line {
  const window = show.windowText(node.window, timeName(node, input), input);
  return [
    'WindowTable',
    { window, by: node.partition.length === 0 ? undefined : show.keyNames(node.partition, input) },
  ];
}

export function windowJoinLine(node: WindowJoinExec): Line {
  const { leftKeys, rightKeys, left, right, condition } = node;
  const [lefts, rights] = [left.schema.fields, right.schema.fields];
  const keys = leftKeys.map((key, i) => `${lefts[key]?.name ?? ''} = ${rights[rightKeys[i]!]?.name ?? ''}`);
  return [
    'WindowJoin',
    {
      type: node.joinType,
      window: show.windowText(node.leftWindow, '', lefts),
      keys: keys.length === 0 ? undefined : show.list(keys),
      condition: condition && printExpr(condition),
    },
  ];
}

export function windowRankLine(node: WindowRankNode | WindowRankExec, input: readonly Field[]): Line {
  const { fromRank, toRank } = node;
  return [
    'WindowRank',
    {
      window: show.windowText(node.window, '', input),
      keys: show.keyNames(node.partition, input),
      order: show.sortKeys(node.order, input),
      ranks: fromRank === 1 ? `up to ${toRank}` : `${fromRank} to ${toRank}`,
    },
  ];
}

function timeName(
  node: { readonly timeColumn: number; readonly processingTime?: boolean | undefined },
  input: readonly Field[],
): string {
  return node.processingTime ? 'PROCTIME()' : (input[node.timeColumn]?.name ?? '');
}

function emitText({ earlyMs, lateMs }: EmitSpec): string {
  const text = (ms: number, phase: string): string =>
    `${ms === 0 ? 'without delay' : `every ${show.duration(ms)}`} ${phase} watermark`;
  const parts = [
    ...(earlyMs === undefined ? [] : [text(earlyMs, 'before')]),
    ...(lateMs === undefined ? [] : [text(lateMs, 'after')]),
  ];
  return show.list(parts);
}
