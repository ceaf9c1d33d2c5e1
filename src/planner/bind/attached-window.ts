import type { LogicalField, LogicalNode, WindowAggregateNode } from '../logical/plan.ts';
import { windowColumns, windowKey, type WindowColumns } from '../logical/window.ts';
import { windowJoinColumns } from '../logical/window-join.ts';

/**
 * The window of a GROUP BY over columns window_start and window_end of one window: the rows have it already. One of the
 * two alone is an ordinary key, and so is a bound that a grouping set leaves out.
 */
export function attachedWindow(keys: readonly number[], input: LogicalNode): WindowColumns | undefined {
  const { fields } = input.schema;
  const bounds = keys.filter((key) => fields[key]?.nullable === false && isKept(input, key));
  return windowColumns(bounds, fields);
}

/** A key of a grouped result; only a window keeps what its bounds are. */
export function keyField(field: LogicalField, attached: WindowColumns | undefined): LogicalField {
  const { name, type, nullable, time, window } = field;
  const kept = attached !== undefined && window !== undefined && windowKey(window) === windowKey(attached.attribute);
  return kept ? { name, type, nullable, time, window } : { name, type, nullable, time: undefined };
}

export function attachedAggregate(
  { startColumn, endColumn, attribute }: WindowColumns,
  parts: Pick<WindowAggregateNode, 'input' | 'keys' | 'calls' | 'schema' | 'span'>,
): WindowAggregateNode {
  return {
    kind: 'window-aggregate',
    ...parts,
    window: { kind: 'attached', startColumn, endColumn },
    processingTime: attribute.time === 'proctime',
    timeColumn: -1,
    properties: [],
  };
}

/** Whether rows still come window by window: a join that is not by window lets them come at any time. */
function isKept(node: LogicalNode, column: number): boolean {
  switch (node.kind) {
    case 'project': {
      const expr = node.exprs[column];
      return expr?.kind === 'column' && isKept(node.input, expr.index);
    }
    case 'filter':
    case 'expand':
      return isKept(node.input, column);
    case 'correlate':
      return column < node.pass.length && isKept(node.input, node.pass[column]!);
    case 'union':
      return node.inputs.every((one) => isKept(one, column));
    case 'join':
      return windowJoinColumns(node) !== undefined;
    default:
      return true;
  }
}
