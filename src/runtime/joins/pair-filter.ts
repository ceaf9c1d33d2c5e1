import { Batch } from '../../columnar/batch.ts';
import type { Column } from '../../columnar/column.ts';
import { compileFilter, type RowFilter } from '../../expr/program.ts';
import type { JoinCondition } from '../../planner/physical/plan.ts';
import type { Schema } from '../../types/schema.ts';

/** Drops the pairs of rows that do not fulfil a condition. */
export class PairFilter {
  readonly #schema: Schema;
  readonly #passing: RowFilter;

  /** @param schema the columns of the condition */
  constructor(condition: JoinCondition, schema: Schema) {
    this.#schema = schema;
    this.#passing = compileFilter(condition.expr, schema);
  }

  /**
   * Moves the pairs that pass to the front.
   * @param columns the columns of the condition, a row for each pair
   * @returns how many there are
   */
  apply(columns: readonly Column[], mine: Int32Array, theirs: Int32Array, count: number): number {
    const passing = this.#passing(new Batch(this.#schema, columns, count));
    if (passing === null) return count;
    for (let k = 0; k < passing.length; k++) {
      mine[k] = mine[passing[k]!]!;
      theirs[k] = theirs[passing[k]!]!;
    }
    return passing.length;
  }
}
