import type { LogicalNode } from '../logical/plan.ts';
import type { ExchangeExec, PhysicalNode } from './plan.ts';

/** What lowering takes from the session. */
export interface LowerSettings {
  /** `blink.state.ttl.ms`; undefined: state is kept. */
  readonly stateTtlMs: number | undefined;
}

/** What the lowering of one node needs of the lowering of the whole plan. */
export interface Lowerer {
  readonly settings: LowerSettings;
  /** The next id of this kind of operator. */
  id(kind: string): string;
  /** @param before whether the reader needs -U rows */
  lower(node: LogicalNode, before: boolean): PhysicalNode;
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
