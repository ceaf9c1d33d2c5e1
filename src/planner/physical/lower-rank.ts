import type { RankNode, SortNode } from '../logical/plan.ts';
import { rankForm } from '../logical/rank.ts';
import { changelogOf, isUpdating, uniqueKey } from './changelog.ts';
import { keyedExchange, type Lowerer } from './lowerer.ts';
import { onlyRises } from './monotonic.ts';
import type { FirstRowsExec, LastRowExec, RankExec, TemporalSortExec } from './over-plan.ts';

/** TopN and deduplication. @param before whether the reader needs -U rows */
export function lowerRank(node: RankNode, before: boolean, lowerer: Lowerer): RankExec | FirstRowsExec | LastRowExec {
  const updating = isUpdating(node.input);
  const form = rankForm(node, updating);
  const { partition, fromRank, toRank, rankColumn, schema, span } = node;
  const { stateTtlMs } = lowerer.settings;
  if (form.kind === 'first-rows' && typeof toRank === 'number') {
    const id = lowerer.id('first-rows');
    const input = keyedExchange(lowerer.lower(node.input, false), partition, id);
    const { timeColumn } = form;
    const changelog = 'insert-only';
    const rest = { fromRank, toRank, rankColumn, timeColumn, stateTtlMs, schema, changelog, span } as const;
    return { kind: 'first-rows', id, input, partition, ...rest };
  }
  const changelog = changelogOf(true, before);
  if (form.kind === 'last-row') {
    const id = lowerer.id('last-row');
    const input = keyedExchange(lowerer.lower(node.input, false), partition, id);
    const { timeColumn } = form;
    return {
      kind: 'last-row',
      id,
      input,
      partition,
      timeColumn,
      ties: node.compatibility === 'flink' ? 'last' : 'first',
      emitBefore: before,
      stateTtlMs,
      schema,
      changelog,
      span,
    };
  }
  const id = lowerer.id('rank');
  const rowKey = updating ? uniqueKey(node.input) : undefined;
  const fast = rowKey !== undefined && typeof toRank === 'number' && onlyRises(node, rowKey);
  const input = keyedExchange(lowerer.lower(node.input, rowKey === undefined), partition, id);
  return {
    kind: 'rank',
    id,
    input,
    partition,
    order: node.order,
    fromRank,
    toRank,
    rankColumn,
    strategy: !updating ? 'append' : fast ? 'update-fast' : 'retract',
    rowKey,
    emitBefore: before,
    stateTtlMs,
    schema,
    changelog,
    span,
  };
}

/** ORDER BY a time attribute. */
export function lowerTemporalSort(node: SortNode, lowerer: Lowerer): TemporalSortExec {
  const { column } = node.keys[0]!;
  const isEventTime = node.input.schema.fields[column]!.time === 'rowtime';
  const id = lowerer.id('temporal-sort');
  return {
    kind: 'temporal-sort',
    id,
    input: keyedExchange(lowerer.lower(node.input, false), [], id),
    timeColumn: isEventTime ? column : -1,
    order: node.keys.slice(1),
    schema: node.schema,
    changelog: 'insert-only',
    span: node.span,
  };
}
