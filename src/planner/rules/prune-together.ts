import { entryOf } from '../catalog-table.ts';
import type { LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { inputsOf } from '../logical/tree.ts';
import { isUpdating } from '../physical/changelog.ts';
import { keepsState } from './keeps-state.ts';
import type { Prune, Pruned } from './prune-columns.ts';

type Needed = ReadonlySet<number>;

/**
 * Prunes the plans of a job in which equal sub-plans are one object: one with state keeps the columns that any of its
 * readers needs, so that it stays one. What keeps no state is pruned for each reader: nobody computes for others.
 */
export function pruneTogether(
  plans: readonly LogicalRoot[],
  pruneNode: (node: LogicalNode, needed: Needed, prune: Prune) => Pruned,
  pruneRoot: (plan: LogicalRoot, prune: Prune) => LogicalRoot,
): readonly LogicalRoot[] {
  const exact = appended(plans);
  const needs = new Map<LogicalNode, Map<string, Set<number>>>();
  for (;;) {
    let grew = false;
    const done = new Map<Needed, Pruned>();
    const prune = (node: LogicalNode, needed: Needed): Pruned => {
      const group = groupOf(node, needed, exact);
      if (group === undefined) return pruneNode(node, needed, prune);
      const groups = needs.get(node) ?? new Map<string, Set<number>>();
      needs.set(node, groups);
      const all = groups.get(group);
      const known = all ?? new Set<number>();
      if (all === undefined) groups.set(group, known);
      const before = known.size;
      needed.forEach((column) => known.add(column));
      const made = done.get(known);
      if (known.size === before && made !== undefined) return made;
      // Others have taken it with fewer columns: all must take it anew.
      if (made !== undefined) grew = true;
      const pruned = pruneNode(node, new Set(known), prune);
      done.set(known, pruned);
      return pruned;
    };
    const pruned = plans.map((plan) => pruneRoot(plan, prune));
    if (!grew) return pruned;
  }
}

/** Readers of one group take a node with the same columns; undefined: this reader takes its own. */
function groupOf(node: LogicalNode, needed: Needed, exact: ReadonlySet<LogicalNode>): string | undefined {
  if (!keepsState(node)) return undefined;
  if (exact.has(node)) return [...needed].sort((a, b) => a - b).join();
  switch (node.kind) {
    case 'over': {
      // Where no call is read the rows pass as they are: none waits for its time, none is late.
      const width = node.input.schema.fields.length;
      return [...needed].some((column) => column >= width) ? '' : undefined;
    }
    case 'rank':
    case 'window-rank':
      // Ranks that move are changes: who does not read them must not get them.
      return node.rankColumn && needed.has(node.input.schema.fields.length) ? 'ranks' : '';
    default:
      return '';
  }
}

/**
 * What is updated on the way to a table that writes every update as a new row: a column more would be rows more, in which
 * nothing has changed.
 */
function appended(plans: readonly LogicalRoot[]): ReadonlySet<LogicalNode> {
  const found = new Set<LogicalNode>();
  const see = (node: LogicalNode): void => {
    if (found.has(node) || !isUpdating(node)) return;
    found.add(node);
    inputsOf(node).forEach(see);
  };
  for (const plan of plans) if (plan.kind === 'sink' && entryOf(plan.table)?.sink === 'append') see(plan.input);
  return found;
}
