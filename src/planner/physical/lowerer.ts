import type { JoinNode, LogicalNode } from '../logical/plan.ts';
import type { ExchangeExec, PhysicalNode, RegularJoinExec } from './plan.ts';

/** What lowering takes from the session. */
export interface LowerSettings {
  /** `blink.state.ttl.ms`; undefined: state is kept. */
  readonly stateTtlMs: number | undefined;
  /** Whether a node that several read becomes one operator (`table.optimizer.reuse-sub-plan-enabled`). Absent: no. */
  readonly reuse?: boolean;
}

/** What the lowering of one node needs of the lowering of the whole plan. */
export interface Lowerer {
  readonly settings: LowerSettings;
  /** The next id of this kind of operator. */
  id(kind: string): string;
  /** @param before whether the reader needs -U rows */
  lower(node: LogicalNode, before: boolean): PhysicalNode;
  /**
   * A regular join that gives the columns which any of its readers reads.
   * @param columns those that this reader reads, ascending
   * @param make by the columns that all read
   */
  join(
    node: JoinNode,
    columns: readonly number[],
    make: (wanted: readonly number[]) => RegularJoinExec,
  ): { readonly exec: RegularJoinExec; readonly wanted: readonly number[] };
}

/** Rows of one key meet in one place; without keys all rows do. `id` is the operator's that reads them. */
export function keyedExchange(input: PhysicalNode, keys: readonly number[], id: string): ExchangeExec {
  return {
    kind: 'exchange',
    id: `${id}/exchange`,
    input,
    distribution: keys.length === 0 ? { kind: 'single' } : { kind: 'hash', keys },
    schema: input.schema,
    changelog: input.changelog,
    span: input.span,
  };
}
