import type { LogicalNode } from '../logical/plan.ts';
import type { Changelog } from './plan.ts';

/** Whether rows of this node are ever taken back or replaced (D5). */
export function isUpdating(node: LogicalNode): boolean {
  switch (node.kind) {
    case 'scan':
      return node.table.changelog !== 'insert-only';
    case 'values':
    case 'window-aggregate':
      return false;
    case 'aggregate':
      // DISTINCT of inserts only ever adds rows.
      return node.calls.length > 0 || isUpdating(node.input);
    case 'union':
      return node.inputs.some(isUpdating);
    case 'filter':
    case 'project':
    case 'sink':
    case 'collect':
      return isUpdating(node.input);
    case 'sort':
      // It collects everything first and then emits its final rows.
      return false;
  }
}

/** Columns that identify a row among the current rows of a node, where they are known. */
export function uniqueKey(node: LogicalNode): readonly number[] | undefined {
  switch (node.kind) {
    case 'aggregate':
      return node.keys.map((_, i) => i);
    case 'scan': {
      const { descriptor } = node.table;
      if (descriptor.primaryKey.length === 0) return undefined;
      return allFound(
        descriptor.primaryKey.map((name) => {
          const column = descriptor.columns.findIndex((one) => one.name === name);
          return node.outputs.findIndex((expr) => expr.kind === 'column' && expr.index === column);
        }),
      );
    }
    case 'project': {
      const key = uniqueKey(node.input);
      if (key === undefined) return undefined;
      return allFound(
        key.map((column) => node.exprs.findIndex((expr) => expr.kind === 'column' && expr.index === column)),
      );
    }
    case 'filter':
      return uniqueKey(node.input);
    default:
      return undefined;
  }
}

function allFound(places: readonly number[]): readonly number[] | undefined {
  return places.every((one) => one >= 0) ? places : undefined;
}

/**
 * Whether what reads from `node` is content with +U alone (`upsert`) only if its input sends -U as well: a filter lets
 * the new row of a key fail where the old one passed, and a projection may lose the key.
 */
export function needsBefore(node: LogicalNode, above: boolean): boolean {
  if (above) return true;
  switch (node.kind) {
    case 'filter':
    case 'union':
    case 'aggregate':
    case 'sort':
    case 'collect':
      return true;
    case 'project':
      return uniqueKey(node) === undefined;
    default:
      return false;
  }
}

/** What an updating edge carries, given whether -U is asked of it. */
export function changelogOf(updating: boolean, before: boolean): Changelog {
  if (!updating) return 'insert-only';
  return before ? 'retract' : 'upsert';
}
