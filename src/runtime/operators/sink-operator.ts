import { Batch, KIND_INSERT, KIND_UPDATE_AFTER } from '../../columnar/batch.ts';
import type { Sink } from '../../contracts/connector.ts';
import type { Counter, Operator, OperatorContext } from '../../contracts/operator.ts';
import { ConnectorError, InternalError } from '../../errors/sluice-error.ts';
import type { SinkExec } from '../../planner/physical/plan.ts';
import type { Schema } from '../../types/schema.ts';
import { rowsOf } from '../rows.ts';
import { sinkChecks } from './sink-checks.ts';

/** Writes into a connector's sink and flushes it at barriers and at the end. */
export class SinkOperator implements Operator {
  readonly #node: SinkExec;
  readonly #signal: AbortSignal;
  readonly #schema: Schema;
  #sink: Sink | undefined;
  #dropped: Counter | undefined;
  #checks: ((batch: Batch) => Batch) | undefined;

  /** @param signal aborted when the job is given up, not when it stops cleanly: flushing must still work then */
  constructor(node: SinkExec, signal: AbortSignal) {
    this.#node = node;
    this.#signal = signal;
    this.#schema = { fields: node.table.columns.map(({ name, type, nullable }) => ({ name, type, nullable })) };
  }

  async open(context: OperatorContext): Promise<void> {
    const { entry, table, input, dropRetractions } = this.#node;
    const module = await entry.load();
    if (module.sink === undefined) {
      throw new ConnectorError('CONNECTOR_ROLE', `connector "${entry.name}" cannot be written to`);
    }
    this.#dropped = context.metrics.counter('droppedRetractions');
    this.#checks = sinkChecks(this.#node, context.metrics);
    const sink = module.sink({
      table,
      schema: this.#schema,
      updating: input.changelog !== 'insert-only' && !dropRetractions,
      metrics: context.metrics,
      now: context.now,
      signal: this.#signal,
      warn: (message) => context.warn(message),
    });
    this.#sink = sink;
    try {
      await sink.open();
    } finally {
      // Closed meanwhile: what was opened behind that would stay open.
      if (this.#sink !== sink) await sink.close();
    }
  }

  get holds(): 'copies' | undefined {
    return this.#sink?.copies === true ? 'copies' : undefined;
  }

  process(batch: Batch): void | Promise<void> {
    const written = this.#node.dropRetractions ? this.#withoutRetractions(batch) : batch;
    const rows = this.#checks === undefined ? written : this.#checks(written);
    if (rows.size === 0) return undefined;
    return this.#open.write(rows.withColumns(this.#schema, rows.columns));
  }

  onEnd(): Promise<void> {
    return this.#open.flush();
  }

  onBarrier(): Promise<void> {
    return this.#open.flush();
  }

  async close(): Promise<void> {
    const sink = this.#sink;
    this.#sink = undefined;
    await sink?.close();
  }

  describe(): Readonly<Record<string, string>> {
    return { table: this.#node.table.name, connector: this.#node.entry.name };
  }

  get #open(): Sink {
    if (this.#sink === undefined) throw new InternalError('the sink is not open');
    return this.#sink;
  }

  #withoutRetractions(batch: Batch): Batch {
    const { kinds } = batch;
    if (kinds === null) return batch;
    const rows = rowsOf(batch);
    const kept = new Int32Array(batch.size);
    let count = 0;
    for (let k = 0; k < batch.size; k++) {
      const kind = kinds[rows[k]!]!;
      if (kind === KIND_INSERT || kind === KIND_UPDATE_AFTER) kept[count++] = rows[k]!;
    }
    this.#dropped?.add(batch.size - count);
    const selection = count === batch.rowCount ? null : kept.subarray(0, count);
    return new Batch(batch.schema, batch.columns, batch.rowCount, selection);
  }
}
