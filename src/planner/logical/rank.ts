import { unboundedTable } from '../physical/bounded.ts';
import type { LogicalNode, RankNode, SortNode } from './plan.ts';

/**
 * How a ranking is kept. `first-rows`: the first rows that come, or the first by event time once the watermark has
 * passed it; nothing is taken back. `last-row`: the latest row. `rank`: any other order.
 */
export type RankForm =
  | { readonly kind: 'first-rows' | 'last-row'; /** −1: by arrival. */ readonly timeColumn: number }
  | { readonly kind: 'rank' };

/** @param updating whether the input takes rows back */
export function rankForm(node: RankNode, updating: boolean): RankForm {
  const { order, input, fromRank, toRank } = node;
  if (updating || typeof toRank !== 'number') return { kind: 'rank' };
  const [first] = order;
  if (first === undefined) return { kind: 'first-rows', timeColumn: -1 };
  const { time } = input.schema.fields[first.column]!;
  // No two rows have the same processing time: keys behind it decide nothing.
  if (time === 'proctime') {
    if (!first.descending) return { kind: 'first-rows', timeColumn: -1 };
    return fromRank === 1 && toRank === 1 ? { kind: 'last-row', timeColumn: -1 } : { kind: 'rank' };
  }
  if (time !== 'rowtime' || order.length > 1 || fromRank !== 1 || toRank !== 1) return { kind: 'rank' };
  if (node.compatibility === undefined) return { kind: 'rank' };
  if (first.descending) return { kind: 'last-row', timeColumn: first.column };
  // Flink gives the first row at once and takes it back when an earlier one comes.
  return node.compatibility === 'blink' ? { kind: 'first-rows', timeColumn: first.column } : { kind: 'rank' };
}

/**
 * What ORDER BY and LIMIT become. `temporal`: rows in the order of a time attribute, as they come. `rank`: TopN over all
 * rows, kept up to date. `collect`: everything is collected and put out at the end; LIMIT alone lets rows pass.
 */
export type SortForm = 'temporal' | 'rank' | 'collect';

/** @param updating whether the input takes rows back */
export function sortForm({ keys, limit, offset, input }: SortNode, updating: boolean): SortForm {
  const [first] = keys;
  if (limit === undefined && offset === 0 && first !== undefined && !updating && !first.descending) {
    if (input.schema.fields[first.column]!.time !== undefined) return 'temporal';
  }
  if (limit === undefined || unboundedTable(input) === undefined) return 'collect';
  return keys.length === 0 && !updating ? 'collect' : 'rank';
}

/** ORDER BY … LIMIT as a ranking of all rows. */
export function topNOf({ input, keys, limit, offset, schema, span }: SortNode): RankNode {
  const toRank = offset + (limit ?? 0);
  return {
    kind: 'rank',
    input,
    partition: [],
    order: keys,
    fromRank: offset + 1,
    toRank,
    rankColumn: false,
    schema,
    span,
  };
}

/** Whether a node waits for the watermark with single rows, whatever their windows. */
export function waitsForTime(node: LogicalNode, isUpdating: (node: LogicalNode) => boolean): boolean {
  const isEventTime = (column: number | undefined): boolean =>
    column !== undefined && 'input' in node && node.input.schema.fields[column]?.time === 'rowtime';
  switch (node.kind) {
    case 'over':
      return isEventTime(node.order[0]?.column);
    case 'rank': {
      const form = rankForm(node, isUpdating(node.input));
      return form.kind === 'first-rows' && form.timeColumn >= 0;
    }
    case 'sort':
      return sortForm(node, isUpdating(node.input)) === 'temporal' && isEventTime(node.keys[0]?.column);
    default:
      return false;
  }
}
