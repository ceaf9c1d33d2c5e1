/**
 * What an author of a function writes: the argument of `engine.registerFunction` and the default export of a module that
 * CREATE FUNCTION names. Types are SQL text (`'VARCHAR'`, `'DECIMAL(10, 2)'`, `'ARRAY<INT>'`).
 *
 * Values arrive and leave in the forms of the API: BOOLEAN boolean; TINYINT, SMALLINT, INT, FLOAT, DOUBLE number; BIGINT
 * bigint; DECIMAL, DATE, TIME, TIMESTAMP string (times in the session's zone); VARCHAR string; VARBINARY Uint8Array;
 * ARRAY array; MAP and MULTISET Map; ROW object; NULL null. A BIGINT may also be given back as a whole number.
 *
 * In TypeScript the parameters need their types written: `row: (text: string) => …`.
 */
export type UserFunctionRecord = ScalarFunctionRecord | AggregateFunctionRecord | TableFunctionRecord;

interface RecordBase {
  /** Letters, digits and `_`; looked up without case. Left out in a module: CREATE FUNCTION names it. */
  readonly name?: string;
  /** One sentence for SHOW FUNCTIONS. */
  readonly doc?: string;
  /** False: two calls with the same arguments may differ; it is then neither computed in advance nor shared. */
  readonly deterministic?: boolean;
  /**
   * What happens where an argument is NULL. `call` (default): it arrives as null. `propagate`: the function is not called;
   * a scalar function gives NULL, a table function no rows, an aggregate passes the row over.
   */
  readonly nulls?: 'call' | 'propagate';
  /**
   * What happens where the function throws or gives a value that does not fit its type. `fail` (default): the query
   * fails. `null`: the result is NULL, for a table function a row of NULLs. `skip`: a table function gives no rows, an
   * aggregate passes the row over; scalar functions do not take it. Failures that are not fatal are reported.
   */
  readonly onError?: 'fail' | 'null' | 'skip';
  /** Called once before the first call. */
  readonly open?: (context: UserFunctionContext) => void;
  /** Called when the engine closes, or the function is dropped, if `open` was. */
  readonly close?: () => void;
}

/** What a function may know of where it runs. */
export interface UserFunctionContext {
  readonly timeZone: string;
  readonly compatibility: 'blink' | 'flink';
  /** A setting, a job parameter or a variable (`--var`) of this name. */
  readonly parameter: (name: string) => string | undefined;
}

interface CallForm<R> {
  /** `'ANY'` takes every type. */
  readonly args?: readonly string[];
  /** The last of `args` may stand any number of times, also not at all. */
  readonly variadic?: boolean;
  /** A type, or how it follows from the types of the arguments. */
  readonly returns?: R | ((argumentTypes: readonly string[]) => R);
}

export interface ScalarForm extends CallForm<string> {
  /** Called for each row. */
  readonly row?: (...args: never[]) => unknown;
  /**
   * Called for each batch with a column per argument. Gives a typed array of the layout, an array of values, or both
   * with marks. It sees every row of the batch, also those that a CASE around the call would not have asked for.
   */
  readonly column?: (args: readonly ColumnView[], rowCount: number) => ColumnResult;
}

export interface ScalarFunctionRecord extends RecordBase, ScalarForm {
  readonly kind?: 'scalar';
  /** Several call forms; the one whose types are nearest is taken. */
  readonly overloads?: readonly ScalarForm[];
}

/** A column as a column-wise function sees it; it must not be changed, nor kept past the call. */
export interface ColumnView {
  /** SQL spelling of its type. */
  readonly type: string;
  readonly length: number;
  /** 1 = NULL; null: the column has none. */
  readonly nulls: Uint8Array | null;
  /**
   * Numbers as they lie in memory: BOOLEAN 0/1 in Uint8Array, INT Int32Array, BIGINT and DECIMAL up to 18 digits (scaled)
   * BigInt64Array, DOUBLE and TIMESTAMP (epoch ms) Float64Array; wider DECIMAL and TIMESTAMP(4) to (9) (epoch ns) as two
   * words a row, low and high, in BigInt64Array. Undefined for VARCHAR, VARBINARY and nested types.
   */
  readonly values: ColumnValues | undefined;
  /** UTF-8 of VARCHAR and the bytes of VARBINARY: row i is `data[offsets[i] … offsets[i] + lengths[i])`. */
  readonly bytes: { readonly data: Uint8Array; readonly offsets: Int32Array; readonly lengths: Int32Array } | undefined;
  /** The value of a row in the form of the API. */
  readonly get: (row: number) => unknown;
}

export type ColumnValues =
  Uint8Array | Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;
/** With `nulls`, 1 marks rows whose result is NULL. */
export type ColumnResult =
  ColumnValues | readonly unknown[] | { readonly values: ColumnValues; readonly nulls: Uint8Array | null };

export interface AggregateForm extends CallForm<string> {
  /**
   * The state of one group: plain objects, arrays, Map, Set, Date, typed arrays, strings, numbers, bigints. It is kept in
   * snapshots as a structured clone, so it holds no functions and no instances of classes.
   */
  readonly createAccumulator?: () => unknown;
  // What stands behind the accumulator are the arguments. Each may change it in place or give another one back.
  readonly accumulate?: (accumulator: never, ...args: never[]) => unknown;
  /** Takes a row back: needed over rows that are updated later and in bounded OVER windows. */
  readonly retract?: (accumulator: never, ...args: never[]) => unknown;
  /** Adds other accumulators: needed in HOP, CUMULATE and SESSION windows. */
  readonly merge?: (accumulator: never, others: Iterable<never>) => unknown;
  readonly getValue?: (accumulator: never) => unknown;
}

export interface AggregateFunctionRecord extends RecordBase, AggregateForm {
  readonly kind?: 'aggregate';
  readonly overloads?: readonly AggregateForm[];
}

/** `ROW<word VARCHAR, size INT>` as text, or the same as `{ word: 'VARCHAR', size: 'INT' }`; another type: one column. */
export type TableReturns = string | Readonly<Record<string, string>>;

export interface TableForm extends CallForm<TableReturns> {
  /**
   * Gives the rows for one row of arguments: an array, a generator, any iterable; nothing for no rows. A row is an array
   * in the order of the columns, an object by their names, or, where one type is declared, the value itself.
   */
  readonly rows?: (...args: never[]) => Iterable<unknown> | null | undefined;
}

export interface TableFunctionRecord extends RecordBase, TableForm {
  readonly kind?: 'table';
  readonly overloads?: readonly TableForm[];
}
