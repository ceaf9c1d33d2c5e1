import { Batch } from '../../columnar/batch.ts';
import type { Column } from '../../columnar/column.ts';
import type { Operator, Out } from '../../contracts/operator.ts';
import { compileProjection, type Projector } from '../../expr/program.ts';
import type { ScanExec } from '../../planner/physical/plan.ts';
import type { Schema } from '../../types/schema.ts';

/**
 * The computed columns of a table. The rowtime is computed for all physical rows, also those a pushed filter left out:
 * the watermark counts them (design D4).
 */
export class ScanOperator implements Operator {
  readonly #node: ScanExec;
  /** Schema of what the source delivers: the wanted columns. */
  readonly input: Schema;
  readonly #passes: readonly number[] | undefined;
  readonly #project: Projector;
  readonly #rowtime: Projector | undefined;

  constructor(node: ScanExec) {
    this.#node = node;
    this.input = {
      fields: node.wanted.map((index) => {
        const { name, type, nullable } = node.table.columns[index]!;
        return { name, type, nullable };
      }),
    };
    this.#passes = node.outputs.every((one) => one.kind === 'column')
      ? node.outputs.map((one) => (one.kind === 'column' ? one.index : -1))
      : undefined;
    this.#project = compileProjection(node.outputs, this.input);
    const time = node.watermark === undefined ? undefined : node.outputs[node.watermark.column];
    this.#rowtime = time === undefined ? undefined : compileProjection([time], this.input);
  }

  /** A batch of the wanted columns as one of the output columns. */
  project(batch: Batch): Batch {
    const { schema, watermark } = this.#node;
    if (this.#passes !== undefined) {
      return batch.withColumns(
        schema,
        this.#passes.map((index) => batch.columns[index]!),
      );
    }
    const columns: Column[] = batch.size === 0 ? [] : this.#project(batch);
    if (batch.selection !== null && watermark !== undefined && this.#rowtime !== undefined) {
      const whole = new Batch(batch.schema, batch.columns, batch.rowCount);
      columns[watermark.column] = this.#rowtime(whole)[0]!;
    }
    return batch.withColumns(schema, columns);
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    return out.emit(this.project(batch));
  }

  describe(): Readonly<Record<string, string>> {
    const { table, wanted } = this.#node;
    return { table: table.name, columns: wanted.map((index) => table.columns[index]!.name).join(', ') };
  }
}
