import { Batch } from '../../columnar/batch.ts';
import { ColumnBuilder } from '../../columnar/builder.ts';
import type { Operator, Out } from '../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import type { ValuesExec } from '../../planner/physical/plan.ts';

const OUTPUT_ROWS = 4096;

/** A constant list: it emits its rows before the watermark of the end, once. */
export class ValuesOperator implements Operator {
  readonly #node: ValuesExec;
  #emitted = false;

  constructor(node: ValuesExec) {
    this.#node = node;
  }

  process(): void {
    throw new InternalError('a list of values has no input');
  }

  async onWatermark(atMs: number, out: Out): Promise<void> {
    if (!this.#emitted) {
      this.#emitted = true;
      const { rows, schema } = this.#node;
      for (let from = 0; from < rows.length; from += OUTPUT_ROWS) {
        const part = rows.slice(from, from + OUTPUT_ROWS);
        const columns = schema.fields.map((one, c) => {
          const builder = new ColumnBuilder(one.type, part.length);
          for (const row of part) builder.append(row[c]!);
          return builder.finish();
        });
        await out.emit(new Batch(schema, columns, part.length));
      }
    }
    await out.push({ kind: 'watermark', atMs });
  }

  snapshot(into: StateWriter): void {
    into.putJson('emitted', this.#emitted);
  }

  restore(from: StateReader): void {
    this.#emitted = from.getJson('emitted') === true;
  }

  describe(): Readonly<Record<string, string>> {
    return { rows: String(this.#node.rows.length) };
  }
}
