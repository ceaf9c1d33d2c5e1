import type { Batch } from '../../columnar/batch.ts';
import type { Operator, Out } from '../../contracts/operator.ts';
import type { ExchangeExec, UnionExec } from '../../planner/physical/plan.ts';

/**
 * UNION ALL, and an exchange inside one task: rows pass as they come under this node's schema. Watermarks and barriers
 * of several inputs are combined by the chain.
 */
export class PassThroughOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: UnionExec | ExchangeExec;

  constructor(node: UnionExec | ExchangeExec) {
    this.#node = node;
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    return out.emit(batch.withColumns(this.#node.schema, batch.columns));
  }

  describe(): Readonly<Record<string, string>> {
    return this.#node.kind === 'union' ? { inputs: String(this.#node.inputs.length) } : {};
  }
}
