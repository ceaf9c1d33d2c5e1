import type { Batch } from '../../columnar/batch.ts';
import type { Operator, Out } from '../../contracts/operator.ts';
import { compileCalc, compileFilter } from '../../expr/program.ts';
import type { CalcExec } from '../../planner/physical/plan.ts';

/** Filter and projection as one compiled loop; columns that only pass travel by reference. */
export class CalcOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: CalcExec;
  readonly #run: (batch: Batch) => Batch | null;

  constructor(node: CalcExec) {
    this.#node = node;
    const { filter, projection } = node;
    const input = node.input.schema;
    if (projection !== undefined) {
      this.#run = compileCalc(filter, projection, input, node.schema);
    } else if (filter !== undefined) {
      const passing = compileFilter(filter, input);
      this.#run = (batch) => {
        const selection = passing(batch);
        return selection === null ? batch : batch.select(selection);
      };
    } else {
      this.#run = (batch) => batch;
    }
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const result = this.#run(batch);
    return result === null ? undefined : out.emit(result);
  }

  describe(): Readonly<Record<string, string>> {
    const { filter, projection } = this.#node;
    return {
      ...(filter === undefined ? {} : { filter: filter.kind }),
      ...(projection === undefined ? {} : { columns: this.#node.schema.fields.map((one) => one.name).join(', ') }),
    };
  }
}
