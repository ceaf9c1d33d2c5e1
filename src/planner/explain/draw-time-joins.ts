import { printExpr } from '../../expr/print.ts';
import type { LookupJoinNode, TemporalJoinNode } from '../logical/time-joins.ts';
import type { IntervalJoinExec, LookupJoinExec, TemporalJoinExec } from '../physical/time-joins.ts';
import * as show from './attributes.ts';

type Line = readonly [string, Readonly<Record<string, string | undefined>>];

export function drawTimeJoin(node: LookupJoinNode | TemporalJoinNode): Line {
  const condition = node.condition && printExpr(node.condition);
  if (node.kind === 'lookup-join') {
    return [`LookupJoin ${node.table.name}`, { type: node.joinType, condition, columns: show.list(node.names) }];
  }
  const time = node.times === undefined ? 'processing time' : (node.left.schema.fields[node.times.left]?.name ?? '');
  return ['TemporalJoin', { type: node.joinType, time, condition }];
}

export function drawTimeJoinExec(node: IntervalJoinExec | TemporalJoinExec | LookupJoinExec): Line {
  const condition = node.condition && printExpr(node.condition.expr);
  if (node.kind === 'lookup-join') return drawLookup(node, condition);
  const { left, right, leftKeys, rightKeys, joinType } = node;
  const [lefts, rights] = [left.schema.fields, right.schema.fields];
  const keys = leftKeys.map((column, i) => `${lefts[column]?.name ?? ''} = ${rights[rightKeys[i]!]?.name ?? ''}`);
  const shared = { type: joinType, keys: show.list(keys) };
  if (node.kind === 'temporal-join') {
    const time = node.times === undefined ? 'processing time' : (lefts[node.times.left]?.name ?? '');
    return ['TemporalJoin', { ...shared, time, condition }];
  }
  const distance = `${lefts[node.leftTime]?.name ?? ''} - ${rights[node.rightTime]?.name ?? ''}`;
  const bounds = `${distance} in ${signed(node.lowerMs)} … ${signed(node.upperMs)}`;
  return ['IntervalJoin', { ...shared, time: node.processingTime ? 'processing' : undefined, bounds, condition }];
}

function drawLookup(node: LookupJoinExec, condition: string | undefined): Line {
  const { table, source, keys, cache, input, wanted, maxRows } = node;
  const columns = table.columns;
  const waits = cache.ttlMs === undefined ? '' : `, ${show.duration(cache.ttlMs)}`;
  return [
    `LookupJoin ${table.name}`,
    {
      connector: source.kind === 'connector' ? source.entry.name : 'registered',
      options: source.kind === 'connector' ? source.entry.describe?.(table.options) : undefined,
      type: node.joinType,
      keys: show.list(
        keys.map((one) => `${columns[one.column]?.name ?? ''} = ${input.schema.fields[one.input]?.name ?? ''}`),
      ),
      fetch: show.list(wanted.map((index) => columns[index]!.name)),
      rows: maxRows === undefined ? undefined : `at most ${maxRows}`,
      cache: cache.kind === 'lru' ? `lru ${cache.size}${waits}` : `${cache.kind}${waits}`,
      condition,
    },
  ];
}

function signed(ms: number): string {
  return ms < 0 ? `-${show.duration(-ms)}` : show.duration(ms);
}
