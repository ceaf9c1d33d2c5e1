import { bytesEqual, ByteSlice } from '../columnar/byte-slice.ts';
import type { Batch } from '../columnar/batch.ts';
import { ColumnBuilder, type Value } from '../columnar/builder.ts';
import type { Column } from '../columnar/column.ts';
import { valueAt } from '../columnar/row-view.ts';
import type { CallExpr, Expr, InExpr } from '../contracts/expression.ts';
import { layoutOf } from '../types/layout.ts';
import type { Schema } from '../types/schema.ts';
import { asExpressionError } from './expression-error.ts';
import type { Calc, Projector, RowFilter } from './program.ts';

type AnyKernel = (...args: unknown[]) => unknown;

/**
 * The value of an expression at one physical row, by a plain walk of the tree: the oracle of the compiled form, and
 * what runs where code generation is disallowed. Allocates freely.
 */
export function interpret(expr: Expr, batch: Batch, row: number): Value {
  switch (expr.kind) {
    case 'column':
      return valueAt(batch.columns[expr.index]!, row);
    case 'literal':
      return expr.value;
    case 'call':
      return call(expr, batch, row);
    case 'case':
      for (const { when, then } of expr.whens) {
        if (interpret(when, batch, row) === true) return interpret(then, batch, row);
      }
      return interpret(expr.otherwise, batch, row);
    case 'and':
    case 'or': {
      const decisive = expr.kind === 'or';
      let unknown = false;
      for (const arg of expr.args) {
        const value = interpret(arg, batch, row);
        if (value === decisive) return decisive;
        if (value === null) unknown = true;
      }
      return unknown ? null : !decisive;
    }
    case 'not': {
      const value = interpret(expr.arg, batch, row);
      return value === null ? null : !(value as boolean);
    }
    case 'is-null':
      return interpret(expr.arg, batch, row) === null;
    case 'is-not-null':
      return interpret(expr.arg, batch, row) !== null;
    case 'in':
      return isIn(expr, interpret(expr.arg, batch, row));
  }
}

function call(expr: CallExpr, batch: Batch, row: number): Value {
  if (expr.impl.lazy === 'if') {
    return interpret(interpret(expr.args[0]!, batch, row) === true ? expr.args[1]! : expr.args[2]!, batch, row);
  }
  if (expr.impl.lazy === 'coalesce') {
    for (const arg of expr.args) {
      const value = interpret(arg, batch, row);
      if (value !== null) return value;
    }
    return null;
  }
  const args = expr.args.map((arg) => interpret(arg, batch, row));
  const { impl } = expr;
  if (impl.nulls === 'propagate' && args.includes(null)) return null;
  const kernel = impl.kernel as unknown as AnyKernel;
  if (layoutOf(expr.type) !== 'bytes') return kernel(...args) as Value;
  const out = new ByteSlice();
  return kernel(out, ...args) === false ? null : out;
}

function isIn(expr: InExpr, value: Value): Value {
  if (value === null) return null;
  for (const { value: one } of expr.values) {
    if (value instanceof ByteSlice) {
      const other = one as ByteSlice;
      if (bytesEqual(value.bytes, value.offset, value.length, other.bytes, other.offset, other.length)) return true;
    } else if (value === one) {
      return true;
    }
  }
  return expr.hasNull ? null : false;
}

/** Whether a filter keeps the row: of conjuncts the first that is not TRUE decides, so a NULL guards what follows. */
function passes(filter: Expr, batch: Batch, row: number): boolean {
  if (filter.kind === 'and') return filter.args.every((arg) => passes(arg, batch, row));
  return interpret(filter, batch, row) === true;
}

/** `compileFilter` without code generation. */
export function interpretFilter(filter: Expr): RowFilter {
  return guarded((batch) => {
    const kept: number[] = [];
    forEachRow(batch, (row) => {
      if (passes(filter, batch, row)) kept.push(row);
    });
    return kept.length === batch.size ? null : Int32Array.from(kept);
  });
}

/** `compileProjection` without code generation. */
export function interpretProjection(exprs: readonly Expr[]): Projector {
  return guarded((batch) => exprs.map((expr) => project(expr, batch)));
}

/** `compileCalc` without code generation. */
export function interpretCalc(filter: Expr | undefined, exprs: readonly Expr[], output: Schema): Calc {
  const keep = filter === undefined ? undefined : interpretFilter(filter);
  return guarded((batch) => {
    const selection = keep?.(batch) ?? null;
    const kept = selection === null ? batch : batch.select(selection);
    if (kept.size === 0) return null;
    const columns = exprs.map((expr) => project(expr, kept));
    return kept.withColumns(output, columns);
  });
}

function project(expr: Expr, batch: Batch): Column {
  if (expr.kind === 'column') return batch.columns[expr.index]!;
  const builder = new ColumnBuilder(expr.type, batch.rowCount);
  forEachRow(batch, (row) => {
    while (builder.length < row) builder.appendNull();
    builder.append(interpret(expr, batch, row));
  });
  while (builder.length < batch.rowCount) builder.appendNull();
  return builder.finish();
}

function forEachRow(batch: Batch, visit: (row: number) => void): void {
  const { selection } = batch;
  if (selection === null) for (let row = 0; row < batch.rowCount; row++) visit(row);
  else for (const row of selection) visit(row);
}

function guarded<R>(run: (batch: Batch) => R): (batch: Batch) => R {
  return (batch) => {
    try {
      return run(batch);
    } catch (error) {
      throw asExpressionError(error);
    }
  };
}
