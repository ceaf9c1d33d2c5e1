import { canGenerateCode } from '../columnar/codegen.ts';
import type { Batch } from '../columnar/batch.ts';
import type { Column } from '../columnar/column.ts';
import type { Expr } from '../contracts/expression.ts';
import type { Schema } from '../types/schema.ts';
import { BatchCalls, hasBatchCall } from './batch-calls.ts';
import { CompiledProgram, runCalc } from './compile.ts';
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

/** What every program is made from; `onSource` sees the generated source (tests, diagnosis). */
interface CompileOptions {
  readonly onSource?: (source: string) => void;
  /** Default: generated code where the host allows it. */
  readonly mode?: 'generate' | 'interpret';
}

let allowed: boolean | undefined;

function generates(options: CompileOptions): boolean {
  if (options.mode !== undefined) return options.mode === 'generate';
  return (allowed ??= canGenerateCode());
}

/**
 * Programs over batches of one schema, generated on first use for each shape of batch. A program keeps registers and is
 * not re-entrant; make one per task.
 *
 * @throws what kernels throw: SluiceErrors as they are, with `expression` in `where`; others as InternalError
 */
export function compileFilter(filter: Expr, input: Schema, options: CompileOptions = {}): RowFilter {
  if (hasBatchCall([filter])) return filterOfCalls(filter, input, options);
  if (!generates(options)) return interpretFilter(filter);
  const program = new CompiledProgram(filter, [], options.onSource);
  return (batch) => {
    const { count, kept } = program.run(batch, false);
    return count === batch.size || kept === null ? null : kept.slice(0, count);
  };
}

export function compileProjection(exprs: readonly Expr[], input: Schema, options: CompileOptions = {}): Projector {
  if (hasBatchCall(exprs)) return projectionOfCalls(exprs, input, options);
  if (!generates(options)) return interpretProjection(exprs);
  const program = new CompiledProgram(undefined, exprs, options.onSource);
  return (batch) => program.run(batch, false).columns;
}

/** Filter and projection in one loop; `filter` undefined passes every row. */
export function compileCalc(
  filter: Expr | undefined,
  exprs: readonly Expr[],
  input: Schema,
  output: Schema,
  options: CompileOptions = {},
): Calc {
  if (hasBatchCall(filter === undefined ? exprs : [filter, ...exprs])) {
    return calcOfCalls(filter, exprs, input, output, options);
  }
  if (!generates(options)) return interpretCalc(filter, exprs, output);
  const program = new CompiledProgram(filter, exprs, options.onSource);
  return (batch) => runCalc(program, batch, output);
}

function callsOf(exprs: readonly Expr[], input: Schema, options: CompileOptions): BatchCalls {
  return new BatchCalls(exprs, input.fields.length, (args) => compileProjection(args, input, options));
}

function filterOfCalls(filter: Expr, input: Schema, options: CompileOptions): RowFilter {
  const calls = callsOf([filter], input, options);
  const passing = compileFilter(calls.exprs[0]!, input, options);
  return (batch) => passing(calls.run(batch));
}

function projectionOfCalls(exprs: readonly Expr[], input: Schema, options: CompileOptions): Projector {
  const calls = callsOf(exprs, input, options);
  const project = compileProjection(calls.exprs, input, options);
  return (batch) => project(calls.run(batch));
}

/** The filter first: a column-wise function of the projection sees the rows that pass. */
function calcOfCalls(
  filter: Expr | undefined,
  exprs: readonly Expr[],
  input: Schema,
  output: Schema,
  options: CompileOptions,
): Calc {
  const passing = filter === undefined ? undefined : compileFilter(filter, input, options);
  const calls = callsOf(exprs, input, options);
  const calc = compileCalc(undefined, calls.exprs, input, output, options);
  return (batch) => {
    const selection = passing?.(batch) ?? null;
    const kept = selection === null ? batch : batch.select(selection);
    return kept.size === 0 ? null : calc(calls.run(kept));
  };
}
