import type * as arrow from 'apache-arrow';
import type { ChangeKind } from '../columnar/batch.ts';
import type { AccessCredentials, CredentialProvider } from '../contracts/credentials.ts';
import type { UserFunctionRecord } from '../contracts/user-function.ts';

/**
 * A value as rows of the API hold it: BIGINT bigint, DECIMAL, TIMESTAMP, DATE, TIME string, BINARY Uint8Array. ARRAY is
 * an array, MAP a Map in order of insertion, MULTISET a Map of elements to counts, ROW an object of its fields.
 */
export type RowValue =
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | null
  | readonly RowValue[]
  | ReadonlyMap<RowValue, RowValue>
  | { readonly [field: string]: RowValue };
export type Row = Readonly<Record<string, RowValue>>;
/** Every value as SQL text (what CAST AS VARCHAR prints) or null. */
export type TextRow = Readonly<Record<string, string | null>>;

export interface ResultColumn {
  readonly name: string;
  /** SQL spelling, `DECIMAL(10, 2)`. */
  readonly type: string;
}

export interface EngineOptions {
  /** IANA name; default UTC. */
  readonly timeZone?: string;
  readonly parallelism?: number;
  readonly stateDir?: string;
  /** Values of `${NAME}` in string literals; they win over the environment. */
  readonly variables?: Readonly<Record<string, string>>;
  /** SET keys applied at open, as `--set` gives them. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where tables with `credentials = 'NAME'` get their keys; asked again before they expire and when they are refused. */
  readonly credentials?: Readonly<Record<string, CredentialProvider>>;
  /** Lines for the user (bad rows, dropped retractions, start positions); default: stderr. Secrets are never in them. */
  readonly onWarning?: (message: string) => void;
  /** Called about twice a second while a query or job runs. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly rows: number;
  /** Raw (uncompressed) bytes read by sources. */
  readonly bytes: number;
  readonly elapsedMs: number;
  /** Epoch ms, Infinity when the input has ended; undefined without event time or before the first row. */
  readonly watermarkMs: number | undefined;
  /** How far the slowest split is behind its newest data; undefined where the source cannot tell. */
  readonly lagMs: number | undefined;
  /** Rows dropped because the watermark had passed them. */
  readonly lateRows: number;
}

export interface ScriptOptions {
  /** What messages print as the place (`jobs/errors.sql`); default `<script>`. */
  readonly name?: string;
  /** `blink` (default), `mysql`, `postgresql`, `trino`, `hive` or `sls`; only queries are read so. */
  readonly dialect?: string;
  /** The table that a query of dialect `sls` reads; default: setting sql.sls.table, else the only one that lies in SLS. */
  readonly table?: string;
}

/** How a job starts. */
export interface SubmitOptions extends ScriptOptions {
  readonly jobName?: string;
  /** Stops the job while it still connects; afterwards `job.stop` does. */
  readonly signal?: AbortSignal;
}

/** The outcome of one statement of `execute` that answers something. */
export interface StatementResult {
  readonly kind: 'ddl' | 'set' | 'rows' | 'text' | 'query' | 'job';
  /** `table "access" created`, EXPLAIN text, … */
  readonly message: string;
  /** SHOW and DESCRIBE. */
  readonly columns?: readonly ResultColumn[];
  readonly rows?: readonly (readonly (string | null)[])[];
  /** Present for a bare SELECT: not started until it is read. */
  readonly result?: QueryResult;
  /** Present for INSERT: started. */
  readonly job?: Job;
}

export interface Change {
  readonly kind: ChangeKind;
  readonly row: Row;
}
export interface TextChange {
  readonly kind: ChangeKind;
  readonly row: TextRow;
}

/** A set of changes with cells as SQL text, in column order: what terminals print. */
export interface TextBatch {
  readonly kinds: readonly ChangeKind[];
  readonly cells: readonly (readonly (string | null)[])[];
}

/** A query that runs once, when its rows are first asked for. */
export interface QueryResult {
  readonly schema: readonly ResultColumn[];
  /** Every source ends by itself. */
  readonly bounded: boolean;
  /** The result updates earlier rows (changes carry -U, +U, -D). */
  readonly updating: boolean;
  /** Columns that name a row where +U and -D come without -U; undefined: changes take back whole rows. */
  readonly upsertKey: readonly number[] | undefined;
  /** Final rows. @throws SluiceError PLAN_UNBOUNDED when the query is not bounded. */
  toArray(): Promise<Row[]>;
  toArray(options: { readonly text: true }): Promise<TextRow[]>;
  /** Insert-only results as Arrow; updating ones are rejected (read `changes()`). */
  batches(): AsyncIterable<arrow.RecordBatch>;
  changes(): AsyncIterable<Change>;
  changes(options: { readonly text: true }): AsyncIterable<TextChange>;
  /** `nested: 'json'`: ARRAY, MAP and ROW as JSON text. */
  textBatches(options?: { readonly nested: 'json' }): AsyncIterable<TextBatch>;
  /** Ends a running query cleanly; its iterators then end. */
  stop(): Promise<void>;
  metrics(): readonly OperatorMetricsRow[];
}

export interface OperatorMetricsRow {
  readonly id: string;
  readonly kind: string;
  readonly metrics: Readonly<Record<string, number>>;
}

export type JobStatus = 'running' | 'finished' | 'stopped' | 'failed';

export interface Job {
  readonly name: string;
  readonly status: JobStatus;
  /** Resolves when finished or stopped, rejects with the SluiceError that failed the job. */
  readonly done: Promise<void>;
  metrics(): readonly OperatorMetricsRow[];
  progress(): Progress;
  /** Stops reading, flushes sinks, commits, closes. */
  stop(): Promise<void>;
}

export type ExplainStage = 'ast' | 'logical' | 'optimized' | 'physical';
export type ExplainFormat = 'text' | 'json' | 'mermaid';

export interface TableInfo {
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly connector: string | undefined;
}

export interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  /** `''`, `HEADER`, `COMPUTED AS …`, `PRIMARY KEY`, `ROWTIME (delay 5000 ms)` joined by comma. */
  readonly attributes: string;
}

export interface RegisteredColumn {
  readonly name: string;
  /** SQL type; absent for computed columns. */
  readonly type?: string;
  /** Computed column expression. */
  readonly expr?: string;
  readonly header?: boolean;
}

export interface RegisterTableOptions {
  /** Physical and computed columns; may be left out with an arrow.Table. */
  readonly columns?: readonly RegisteredColumn[];
  /** Arrays of cells in the order of the physical columns, or an arrow.Table. */
  readonly rows: Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]> | arrow.Table;
  /** One change kind a row; absent: all +I. */
  readonly changes?: readonly ChangeKind[];
  readonly watermark?: { readonly column: string; readonly delayMs: number };
  readonly primaryKey?: readonly string[];
  readonly changelogMode?: string;
  readonly dimension?: boolean;
}

/** The engine as the faces (REPL, command line, programs) see it. */
export interface EngineApi {
  /** Runs a script: DDL, SET, views; INSERTs together start one job; SELECT, SHOW, EXPLAIN … answer in order. */
  execute(script: string, options?: ScriptOptions & Pick<SubmitOptions, 'signal'>): Promise<StatementResult[]>;
  /** Plans one query; it runs when its result is read. */
  query(sql: string, options?: ScriptOptions): QueryResult;
  /** Like `query`, for dialects and scripts that must load lazily. */
  prepare(sql: string, options?: ScriptOptions): Promise<QueryResult>;
  /** All INSERTs of the script as one started job. */
  submit(script: string, options?: SubmitOptions): Promise<Job>;
  /** Parses and plans everything; connects only with `connect`. Throws the first mistake. */
  check(script: string, options?: ScriptOptions & { readonly connect?: boolean }): Promise<string[]>;
  explain(
    script: string,
    options?: ScriptOptions & { readonly stage?: ExplainStage; readonly format?: ExplainFormat },
  ): Promise<string>;
  tables(): readonly TableInfo[];
  describe(name: string): readonly ColumnInfo[];
  /** The source of a mistake rendered with its caret; `where` of nested places included; secrets out. */
  renderError(error: unknown, options?: { readonly color?: boolean }): string;
  registerTable(name: string, options: RegisterTableOptions): void;
  /** A scalar, aggregate or table function; it hides a built-in of its name. @throws SluiceError FUNCTION_INVALID */
  registerFunction(record: UserFunctionRecord): void;
  close(): Promise<void>;
}

export type { AccessCredentials, ChangeKind, CredentialProvider };
