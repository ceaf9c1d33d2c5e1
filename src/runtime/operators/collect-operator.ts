import type { Batch } from '../../columnar/batch.ts';
import type { Operator } from '../../contracts/operator.ts';
import type { CollectExec } from '../../planner/physical/plan.ts';
import type { CollectQueue } from '../collect-queue.ts';

/** Hands batches to whoever runs the query; a full queue is back-pressure. */
export class CollectOperator implements Operator {
  readonly #node: CollectExec;
  readonly #queue: CollectQueue;

  constructor(node: CollectExec, queue: CollectQueue) {
    this.#node = node;
    this.#queue = queue;
  }

  process(batch: Batch): void | Promise<void> {
    return this.#queue.push(batch.withColumns(this.#node.schema, batch.columns));
  }

  describe(): Readonly<Record<string, string>> {
    return { columns: this.#node.schema.fields.map((one) => one.name).join(', ') };
  }
}
