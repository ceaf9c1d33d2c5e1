import type { LogicalNode } from '../logical/plan.ts';
import type { PhysicalNode } from './plan.ts';

/** Which and how many operators of each kind have been numbered. */
type Counts = Map<string, number>;

interface Demand {
  before: boolean;
  readonly columns: Set<number>;
}

interface Made {
  readonly exec: PhysicalNode;
  /** How much was asked for when it was made. */
  readonly size: number;
  /** The numbers that its operators took. */
  readonly taken: Counts;
}

/**
 * Nodes of the logical plan that become one operator however many read them. Who comes later may ask for more than it was
 * made for: the plan is then lowered again, with what all ask for.
 */
export class SharedNodes {
  readonly #demands = new Map<LogicalNode, Demand>();
  #made = new Map<LogicalNode, Made>();
  #grew = false;

  /** Lowers until nobody asks for more. */
  lowered<T>(lower: () => T): T {
    for (;;) {
      this.#made = new Map();
      this.#grew = false;
      const plan = lower();
      if (!this.#grew) return plan;
    }
  }

  /**
   * The operator of a node.
   * @param asked what this reader needs: -U rows, and the columns where that makes a difference
   * @param counts numbers of the plan it is part of: a reader leaves out those that an operator of its own would have
   * @param make lowers the node for what all readers need
   * @returns the operator and the columns asked for, ascending
   */
  once<N extends PhysicalNode>(
    node: LogicalNode,
    asked: { readonly before: boolean; readonly columns?: readonly number[] },
    counts: Counts,
    make: (before: boolean, columns: readonly number[]) => N,
  ): { readonly exec: N; readonly columns: readonly number[] } {
    const demand = this.#demands.get(node) ?? { before: false, columns: new Set() };
    this.#demands.set(node, demand);
    demand.before ||= asked.before;
    for (const column of asked.columns ?? []) demand.columns.add(column);
    const size = demand.columns.size + (demand.before ? 1 : 0);
    const columns = [...demand.columns].sort((a, b) => a - b);
    const known = this.#made.get(node);
    if (known?.size === size) {
      for (const [kind, count] of known.taken) counts.set(kind, (counts.get(kind) ?? 0) + count);
      // One node is always made in one way.
      return { exec: known.exec as N, columns };
    }
    if (known !== undefined) this.#grew = true;
    const before = new Map(counts);
    const exec = make(demand.before, columns);
    const taken = new Map([...counts].map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)]));
    this.#made.set(node, { exec, size, taken });
    return { exec, columns };
  }
}

/** Whether a node is worth a batch handed to several: to read, list and pick columns costs nothing. */
export function isShareable(node: LogicalNode): boolean {
  switch (node.kind) {
    case 'scan':
    case 'values':
    case 'sink':
    case 'collect':
      return false;
    case 'project':
      return node.input.kind === 'filter' || node.exprs.some((expr) => expr.kind !== 'column');
    default:
      return true;
  }
}
