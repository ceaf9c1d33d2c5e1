import { printExpr } from '../../expr/print.ts';
import type { Field } from '../../types/schema.ts';
import { entryOf } from '../catalog-table.ts';
import type { LogicalNode } from '../logical/plan.ts';
import { inputsOf } from '../logical/tree.ts';
import * as show from './attributes.ts';
import { joinCondition } from './draw-join.ts';
import { drawTimeJoin } from './draw-time-joins.ts';
import { windowAggregateLine, windowRankLine, windowTableLine } from './draw-windows.ts';
import { matchAttributes } from './match-line.ts';
import { overAttributes, rankAttributes } from './draw-over.ts';
import { attributes, type Picture } from './picture.ts';

/** Everything is written out: what runs once is seen in the physical plan. */
export function drawLogical(node: LogicalNode): Picture {
  const [title, given] = line(node);
  return { title, attributes: attributes(given), inputs: inputsOf(node).map(drawLogical), key: {} };
}

function line(node: LogicalNode): readonly [string, Readonly<Record<string, string | undefined>>] {
  const { fields } = node.schema;
  const [first] = inputsOf(node);
  const input: readonly Field[] = first?.schema.fields ?? [];
  switch (node.kind) {
    case 'scan': {
      const connector = entryOf(node.table)?.name ?? 'registered';
      const columns = show.projection(node.outputs, fields);
      return [`Scan ${node.table.name}`, { connector, columns, filter: show.conjuncts(node.pushed) }];
    }
    case 'values':
      return ['Values', { rows: String(node.rows.length), columns: show.columns(fields) }];
    case 'filter':
      return ['Filter', { condition: printExpr(node.condition) }];
    case 'project':
      return ['Project', { columns: show.projection(node.exprs, fields) }];
    case 'aggregate':
      return ['Aggregate', { keys: show.keyNames(node.keys, input), calls: show.calls(node.calls, input) }];
    case 'window-aggregate':
      return windowAggregateLine(node, input);
    case 'window-rank':
      return windowRankLine(node, input);
    case 'window-table':
      return windowTableLine(node, input);
    case 'expand':
      return ['Expand', { sets: show.groupingSets(node.nulled, input) }];
    case 'correlate':
      return ['Correlate', show.tableCall(node, input)];
    case 'union':
      return ['UnionAll', { columns: show.columns(fields) }];
    case 'set-operation':
      return [show.setOperation(node), { columns: show.columns(fields) }];
    case 'join':
      return ['Join', { type: node.joinType, condition: joinCondition(node) }];
    case 'match':
      return ['Match', matchAttributes(node, input)];
    case 'lookup-join':
    case 'temporal-join':
      return drawTimeJoin(node);
    case 'over':
      return ['Over', overAttributes(node, input)];
    case 'rank':
      return ['Rank', rankAttributes(node, input)];
    case 'sort':
      return ['Sort', sortAttributes(node, input)];
    case 'sink':
      return [`Sink ${node.table.name}`, { columns: show.columns(fields) }];
    case 'collect':
      return ['Collect', { columns: show.columns(fields) }];
  }
}

export function sortAttributes(
  node: {
    readonly keys: Parameters<typeof show.sortKeys>[0];
    readonly limit: number | undefined;
    readonly offset: number;
  },
  input: readonly Field[],
): Readonly<Record<string, string | undefined>> {
  return {
    keys: show.sortKeys(node.keys, input),
    limit: node.limit === undefined ? undefined : String(node.limit),
    offset: node.offset === 0 ? undefined : String(node.offset),
  };
}
