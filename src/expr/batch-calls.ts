import { Batch } from '../columnar/batch.ts';
import type { Column } from '../columnar/column.ts';
import { gatherColumn } from '../columnar/gather.ts';
import type { CallExpr, Expr } from '../contracts/expression.ts';
import { asExpressionError } from './expression-error.ts';
import { exprKey } from './expr-key.ts';
import type { Projector } from './program.ts';
import { mapChildren, someExpr } from './walk.ts';

/** Whether functions that take whole columns are called in it. */
export function hasBatchCall(exprs: readonly Expr[]): boolean {
  return exprs.some((expr) => someExpr(expr, (one) => one.kind === 'call' && one.impl.batch !== undefined));
}

interface Stage {
  readonly call: CallExpr;
  readonly args: Projector;
}

/**
 * Expressions with their column-wise calls taken out: these run first, each over all rows of the batch, and what they
 * give stands behind the columns of the batch.
 */
export class BatchCalls {
  /** The expressions over the columns of the batch and then the results. */
  readonly exprs: readonly Expr[];
  readonly #stages: Stage[] = [];
  readonly #places = new Map<string, Expr>();
  readonly #width: number;
  readonly #project: (exprs: readonly Expr[]) => Projector;

  /** @param width columns of the batches */
  constructor(exprs: readonly Expr[], width: number, project: (exprs: readonly Expr[]) => Projector) {
    this.#width = width;
    this.#project = project;
    this.exprs = exprs.map((expr) => this.#takeOut(expr));
  }

  /** The batch with the results of the calls as further columns. */
  run(batch: Batch): Batch {
    if (batch.size === 0) return batch;
    let extended = batch;
    for (const { call, args } of this.#stages) {
      const result = this.#call(call, args(extended), batch);
      extended = new Batch(batch.schema, [...extended.columns, result], batch.rowCount, batch.selection, batch.kinds);
    }
    return extended;
  }

  #takeOut(expr: Expr): Expr {
    const key = expr.kind === 'call' ? exprKey(expr) : undefined;
    const known = key === undefined ? undefined : this.#places.get(key);
    if (known !== undefined) return known;
    const inner = mapChildren(expr, (part) => this.#takeOut(part));
    if (inner.kind !== 'call' || inner.impl.batch === undefined) return inner;
    const index = this.#width + this.#stages.push({ call: inner, args: this.#project(inner.args) }) - 1;
    const place: Expr = { kind: 'column', index, name: inner.name, type: inner.type };
    if (key !== undefined) this.#places.set(key, place);
    return place;
  }

  /** The function sees the rows of the batch alone; its result is laid out as the batch's own columns are. */
  #call(call: CallExpr, args: readonly Column[], { selection, rowCount }: Batch): Column {
    const batched = call.impl.batch as NonNullable<CallExpr['impl']['batch']>;
    try {
      if (selection === null) return batched(args, rowCount);
      const dense = args.map((column) => gatherColumn(column, selection, selection.length));
      const result = batched(dense, selection.length);
      const places = new Int32Array(rowCount);
      for (let k = 0; k < selection.length; k++) places[selection[k]!] = k;
      return gatherColumn(result, places, rowCount);
    } catch (error) {
      throw asExpressionError(error);
    }
  }
}
