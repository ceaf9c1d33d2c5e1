import type { Column } from '../columnar/column.ts';
import type { ColumnBuilder, Value } from '../columnar/builder.ts';
import type { Field } from '../types/schema.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { StateFactory } from './state.ts';

export type Compatibility = 'blink' | 'flink';

/** What a function may depend on besides its arguments; fixed for the life of a plan. */
export interface FunctionContext {
  readonly compatibility: Compatibility;
  /** IANA name; an unknown name counts as GMT. */
  readonly timeZone: string;
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number;
  /** `SET regexp.backtracking = 'true'`: take patterns that the linear engine does not cover. */
  readonly regexpBacktracking: boolean;
}

/** One place where a function is called. `literals[i]` is set where argument i is a constant (already folded). */
export interface CallSite {
  readonly types: readonly SqlType[];
  readonly literals: readonly (Value | undefined)[];
  /** `calls[i]` is the catalog name of the function that gives argument i, where one does. */
  readonly calls?: readonly (string | undefined)[];
  readonly context: FunctionContext;
}

/**
 * The code of a resolved scalar function.
 *
 * Fixed-layout results: `kernel(...args)` returns the value. CHAR/VARCHAR/VARBINARY results: `kernel(out, ...args)`
 * fills the `ByteSlice` register `out` (by `view`, `alias` or `reserve`); `out` is never one of the arguments.
 * Returning `null` (fixed) or `false` (bytes) is SQL NULL and only allowed with `mayReturnNull`.
 *
 * `nulls: 'propagate'`: called only when no argument is NULL. `'custom'`: NULL arguments arrive as `null`.
 * Arguments arrive in the JS form of their layout (see types/layout.ts): a DECIMAL as its unscaled bigint.
 */
export interface ScalarImplementation {
  readonly nulls: 'propagate' | 'custom';
  readonly mayReturnNull: boolean;
  /** False for NOW(), RAND() and the like: not folded, not shared. */
  readonly deterministic: boolean;
  /** What a user's function was made from: another one of the same name is another function. */
  readonly definition?: object | undefined;
  readonly kernel: (...args: never[]) => unknown;
  /**
   * Generated-code form of the kernel for fixed layouts with `nulls: 'propagate'` and no NULL result: takes names of
   * locals, returns an expression of our own text. Must agree with the kernel (property-tested) and never throw: it also
   * runs on what lies in NULL rows (any value of the layout).
   */
  readonly inline?: (args: readonly string[]) => string;
  /**
   * Arguments that are not needed are not evaluated: `if` takes (condition, a, b), `coalesce` the first that is not
   * NULL. The kernel stays the definition; arguments have the type of the result.
   */
  readonly lazy?: 'if' | 'coalesce';
  /**
   * Column-wise form: all rows of a batch at once, `count` rows from 0. It sees every row of the batch, also those that a
   * CASE around the call leaves out. Agrees with the kernel, which stays the definition.
   */
  readonly batch?: (args: readonly Column[], count: number) => Column;
}

export interface ScalarBinding {
  /** The type each argument is cast to before the call; the same length as the call's arguments. */
  readonly args: readonly SqlType[];
  readonly returns: SqlType;
  readonly impl: ScalarImplementation;
}

/** One line of SQL and the text of its result, run as a test and printed in the docs. */
export interface FunctionExample {
  readonly sql: string;
  /** As `CAST(x AS VARCHAR)` prints it; null for NULL. */
  readonly gives: string | null;
}

interface FunctionDocs {
  /** Upper case. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly category:
    | 'string'
    | 'math'
    | 'datetime'
    | 'logic'
    | 'conversion'
    | 'regexp'
    | 'json'
    | 'url'
    | 'hash'
    | 'collection'
    | 'operator'
    | 'aggregate'
    | 'table'
    | 'window'
    | 'user'
    | 'other';
  /** Call forms as shown to users: `SUBSTRING(text, start [, length])`. */
  readonly syntax: readonly string[];
  readonly doc: string;
  readonly examples: readonly FunctionExample[];
}

export interface ScalarFunction extends FunctionDocs {
  readonly kind: 'scalar';
  /** The binding for these argument types, or undefined when the function does not take them. */
  resolve(site: CallSite): ScalarBinding | undefined;
}

export interface AggregateFunction extends FunctionDocs {
  readonly kind: 'aggregate';
  resolve(site: CallSite): AggregateBinding | undefined;
}

export interface AggregateBinding {
  readonly args: readonly SqlType[];
  readonly returns: SqlType;
  /** Whether -U / -D rows can be taken back. */
  readonly retractable: boolean;
  /** False where `merge` is missing: then no HOP, CUMULATE and SESSION windows. Absent: it can be merged. */
  readonly mergeable?: boolean;
  /** False: the same rows may give another result. Absent: they do not. */
  readonly deterministic?: boolean;
  /** As of ScalarImplementation. */
  readonly definition?: object | undefined;
  /** Takes every combination of arguments once, without DISTINCT being written. */
  readonly distinct?: true;
  /** @param retracts the input has -U / -D rows, so that e.g. MIN must keep all values */
  create(state: StateFactory, retracts: boolean): Aggregator;
}

/**
 * Accumulators of one aggregate call for many groups; a group is a dense slot number handed out by a key table.
 * All work is column-wise. `rows` lists the physical rows to take (a prefix of `count` entries is valid);
 * `slots[k]` is the group of row `rows[k]`.
 */
export interface Aggregator {
  /** Makes room for slots below `slotCount`; new slots start empty. */
  ensure(slotCount: number): void;
  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void;
  retract?(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void;
  /** Adds what `from` holds in its slots to ours: group `fromSlots[k]` of `from` into our `slots[k]`. */
  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void;
  /** The results of these slots, in this order. */
  result(slots: Int32Array, count: number): Column;
  /** As `accumulate`, `retract` and `result` step by step, for many steps of few groups. Absent: they are called for each. */
  running?(steps: RunningSteps): Column;
  /** Empties one slot so that it can be handed out again. */
  clear(slot: number): void;
  /** Empties all slots below `slotCount`; without it they are cleared one by one. */
  clearAll?(slotCount: number): void;
}

/**
 * Steps of which each is seen: in step k row `rows[k]` is added to group `slots[k]`, then the old rows from where step k − 1
 * ended up to `oldEnds[k]` are taken back from it, and its result is row k of the column.
 */
export interface RunningSteps {
  readonly args: readonly Column[];
  readonly rows: Int32Array;
  readonly slots: Int32Array;
  readonly count: number;
  /** The arguments in the old rows, in the order in which they are taken back; undefined: there are none. */
  readonly oldArgs: readonly Column[] | undefined;
  readonly oldEnds: Int32Array;
}

export interface TableFunction extends FunctionDocs {
  readonly kind: 'table';
  resolve(site: CallSite): TableBinding | undefined;
}

export interface TableBinding {
  readonly args: readonly SqlType[];
  /** The columns of the rows it gives; their names are used where `AS t (…)` gives none. */
  readonly columns: readonly Field[];
  /** False: the same arguments may give other rows. Absent: they do not. */
  readonly deterministic?: boolean;
  /** As of ScalarImplementation. */
  readonly definition?: object | undefined;
  /** The worker of one operator. */
  create(): TableExpander;
}

/** Makes rows of the arguments of one row; keeps nothing between rows. */
export interface TableExpander {
  /**
   * Adds the rows for physical row `row` of `args`. One that can give very many stops where `out.isFull` and is called
   * again for the same row.
   * @param from 0, or what the call before for this row returned
   * @returns 0 when the row is done, else what to be called with again
   */
  expand(args: readonly Column[], row: number, from: number, out: TableRows): number;
}

/** Where a table function puts its rows: a value into each builder, then `endRow`. */
export interface TableRows {
  readonly columns: readonly ColumnBuilder[];
  /** There are rows enough for a batch. */
  readonly isFull: boolean;
  endRow(): void;
}

/** Exists with OVER only: the planner knows what it does. */
export interface OverFunction extends FunctionDocs {
  readonly kind: 'over';
}

export type AnyFunction = ScalarFunction | AggregateFunction | TableFunction | OverFunction;

/** What the planner sees of the functions: the catalog is injected, the planner imports none of it. */
export interface FunctionRegistry {
  scalar(name: string): ScalarFunction | undefined;
  aggregate(name: string): AggregateFunction | undefined;
  table(name: string): TableFunction | undefined;
  /** Canonical names of all functions, for suggestions. */
  names(): readonly string[];
  /** All functions, user functions last: for SHOW FUNCTIONS. */
  records(): readonly AnyFunction[];
  /** The conversion of CAST (mode `cast`), TRY_CAST (`try`) or an implicit coercion; undefined where none exists. */
  cast(from: SqlType, to: SqlType, mode: CastMode, context: FunctionContext): ScalarImplementation | undefined;
}

export type CastMode = 'cast' | 'try' | 'implicit';
