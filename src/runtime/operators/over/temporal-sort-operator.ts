import { Batch } from '../../../columnar/batch.ts';
import type { Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import type { TemporalSortExec } from '../../../planner/physical/over-plan.ts';
import { comparator } from '../../compare-columns.ts';
import { TimeBuffer } from '../../over/time-buffer.ts';
import { ascendingRows, gather } from '../../rows.ts';
import { StateRegistry } from '../../state/state-registry.ts';

const OUTPUT_ROWS = 4096;

/**
 * ORDER BY a time attribute: by event time rows go out in order as the watermark passes them, of equal times by the
 * other keys. By processing time they come in order, each at a time of its own, and pass.
 */
export class TemporalSortOperator implements Operator {
  readonly holds: 'copies' | 'forwards';
  readonly #node: TemporalSortExec;
  readonly #state = new StateRegistry();
  readonly #buffer: TimeBuffer | undefined;

  constructor(node: TemporalSortExec) {
    this.#node = node;
    const waits = node.timeColumn >= 0;
    this.holds = waits ? 'copies' : 'forwards';
    this.#buffer = waits ? new TimeBuffer(this.#state, node.input.schema, node.timeColumn) : undefined;
  }

  open(context: OperatorContext): void {
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    buffer.open(context);
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes + buffer.bytes);
    context.metrics.gauge('stateKeys', () => buffer.size);
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    if (this.#buffer === undefined) return out.emit(batch);
    this.#buffer.add(batch);
  }

  async onWatermark(atMs: number, out: Out): Promise<void> {
    const buffer = this.#buffer;
    if (buffer !== undefined) {
      const due = buffer.due(atMs);
      // Equal times stay together, so that the other keys can order them.
      for (let from = 0; from < due.length;) {
        let end = Math.min(due.length, from + OUTPUT_ROWS);
        while (end < due.length && buffer.timeOf(due[end]!) === buffer.timeOf(due[end - 1]!)) end++;
        const part = due.subarray(from, end);
        const result = this.#sorted(buffer, part);
        buffer.free(part);
        const pushed = out.emit(result);
        if (pushed !== undefined) await pushed;
        from = end;
      }
    }
    await out.push({ kind: 'watermark', atMs });
  }

  snapshot(into: StateWriter): void {
    this.#buffer?.snapshot(into);
    this.#state.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#buffer?.restore(from);
    this.#state.restore(from);
  }

  describe(): Readonly<Record<string, string>> {
    return { time: this.#node.timeColumn < 0 ? 'processing time' : 'event time' };
  }

  #sorted(buffer: TimeBuffer, slots: Int32Array): Batch {
    const { schema, order } = this.#node;
    const count = slots.length;
    const columns = buffer.read(slots, count);
    if (order.length === 0) return new Batch(schema, columns, count);
    const compare = order.map((key) => comparator(columns[key.column]!, key));
    const rows = ascendingRows(count)
      .slice(0, count)
      .sort((a, b) => {
        const apart = buffer.timeOf(slots[a]!) - buffer.timeOf(slots[b]!);
        if (apart !== 0) return apart;
        for (const one of compare) {
          const result = one(a, b);
          if (result !== 0) return result;
        }
        return a - b;
      });
    return new Batch(
      schema,
      columns.map((column) => gather(column, rows, count)),
      count,
    );
  }
}
