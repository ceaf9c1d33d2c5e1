import type { Batch } from '../columnar/batch.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { Schema } from '../types/schema.ts';
import type { CredentialLookup } from './credentials.ts';
import type { Compatibility } from './function.ts';
import type { Expr } from './expression.ts';
import type { Lookup, LookupContext } from './lookup.ts';
import type { GivenOption, OptionSet, OptionValues } from './options.ts';
import type { OperatorMetrics } from './operator.ts';

/** One declared column that the connector reads or writes (computed columns are the planner's). */
export interface TableColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Declared HEADER: an attribute of the record, not of its content. */
  readonly header: boolean;
  /** Of a HEADER column: the name of the attribute, where the column has another one. */
  readonly attribute?: string;
}

/** A declared table as its connector sees it. */
export interface TableDescriptor {
  readonly name: string;
  /** Physical and HEADER columns in declaration order. */
  readonly columns: readonly TableColumn[];
  readonly primaryKey: readonly string[];
  /** Parsed by the connector's option set. */
  readonly options: OptionValues;
  /** Session time zone, or the table's own `timeZone`. */
  readonly timeZone: string;
  readonly compatibility: Compatibility;
}

/** What both sides of a connector get. */
export interface ConnectorContext {
  readonly table: TableDescriptor;
  readonly metrics: OperatorMetrics;
  readonly now: () => number;
  /** Aborted when the job stops; every wait of the connector ends on it. */
  readonly signal: AbortSignal;
  /** A line on stderr. */
  readonly warn: (message: string) => void;
  /** Providers of keys that the program gave the engine. */
  readonly credentials?: CredentialLookup;
}

export interface SourceContext extends ConnectorContext {
  /** Indexes into `table.columns` to decode, in output order; others must not be decoded. May be empty (COUNT(*)). */
  readonly wanted: readonly number[];
  /**
   * Conjuncts the connector said it takes (`acceptsFilter`), over the wanted columns (index = output position).
   * Rows that fail stay in the batch unselected: `watermarkInputs` are valid for them, other columns need not be.
   */
  readonly filter: readonly Expr[];
  /** Output positions that must be valid in unselected rows too (the rowtime is computed from them). */
  readonly watermarkInputs: readonly number[];
  readonly maxBatchRows: number;
  /** True for a query: `commit` is never called, and the read must take nothing away from the jobs of its group. */
  readonly query?: boolean;
  /** Whether each result is released after use (`ReadResult.release`): a source may then lend memory it uses again. */
  readonly releases?: boolean;
  /** Schema of the batches: the wanted columns. */
  readonly schema: Schema;
}

/** A position inside a split as text the connector understands; stored in checkpoints. */
export type Position = string;

export interface Split {
  /** Stable across runs (`shard 3`, `/logs/a.log`). */
  readonly id: string;
  /** Where a fresh read starts; undefined = its beginning. */
  readonly start?: Position;
  /** Whether the split can run dry and still come back (SLS shards, followed files): only these can be idle (D8). */
  readonly canIdle: boolean;
  /**
   * Splits whose data comes before this one's (the shards it was split or merged from): it is read when all of them have
   * ended, and its event time goes on from theirs. Ids of no split count as ended.
   */
  readonly after?: readonly string[];
}

export interface SplitChanges {
  readonly added: readonly Split[];
  /** Splits to give back: they are read no further, and `released` follows when what was read of them is safe. */
  readonly removed: readonly string[];
  /** Whether the system could not be asked now: there may be splits that are not known. Absent: it was. */
  readonly unknown?: boolean;
}

/** Splits that come and go while a source is read. Such a source never ends by itself. */
export interface SplitDiscovery {
  /** Between two polls, ms. */
  readonly intervalMs: number;
  /** What changed since the last poll (or `open`). Never called while the last call runs. */
  poll(): Promise<SplitChanges>;
  /** Rows of these removed splits are flushed and their positions committed. */
  released?(ids: readonly string[]): Promise<void>;
}

export interface ReadResult {
  readonly batches: readonly Batch[];
  /** The position after the last of `batches`. */
  readonly position: Position;
  /** `more`: read again at once. `caught-up`: nothing more at this moment. `end`: never anything more. */
  readonly status: 'more' | 'caught-up' | 'end';
  /** Raw bytes behind these batches (uncompressed), for progress. */
  readonly rawBytes: number;
  /** The server's clock at this answer, epoch ms, where it is known (D8: idle advance). */
  readonly serverTimeMs?: number;
  /** How far behind the newest data of the split this answer is, ms. */
  readonly lagMs?: number;
  /** Called where `SourceContext.releases` is set, when nobody reads `batches` any more; their memory may be reused. */
  release?(): void;
}

/** Reads one split in order. `read` is called again only after the last call resolved. */
export interface SplitReader {
  /**
   * Waits until it is time to look for more. Where it is there, the scan calls it before each `read`, which gets a share
   * of the scan's memory only afterwards: a reader of many splits does its waiting here.
   */
  ready?(): Promise<void>;
  /** Waits by itself (abortable) before asking a caught-up split again. */
  read(): Promise<ReadResult>;
  close(): void | Promise<void>;
}

export interface Source {
  /** True when every split ends by itself. */
  readonly bounded: boolean;
  /**
   * Opens connections and lists the splits of this read.
   * @param restored the splits of the restored state with their positions: one that is missing there came into being
   * since, and is read from its beginning
   */
  open(restored?: ReadonlyMap<string, Position | undefined>): Promise<readonly Split[]>;
  /** Asked for after `open`. */
  readonly discovery?: SplitDiscovery | undefined;
  /** @param from a position stored earlier; wins over `split.start` */
  openSplit(split: Split, from: Position | undefined): Promise<SplitReader>;
  /** Called after a barrier is complete (law 5): everything before these positions has been processed. */
  commit?(positions: ReadonlyMap<string, Position>): Promise<void>;
  close(): Promise<void>;
}

export interface SinkContext extends ConnectorContext {
  readonly schema: Schema;
  /** Whether the input carries -U / -D rows; the planner already checked that the sink may take it. */
  readonly updating: boolean;
}

/** Rows are acknowledged by `flush`: after it resolves everything written before is durable in the target. */
export interface Sink {
  /** Nothing of a batch is kept once its `write` has settled: its memory may then be used again. */
  readonly copies?: boolean;
  open(): Promise<void>;
  /** A returned promise is back-pressure. The batch may be kept until `flush`. */
  write(batch: Batch): void | Promise<void>;
  /** Called at every barrier and before a clean close. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** A name under which a system keeps how far the readers of a table have come. */
export interface ReaderGroup {
  readonly name: string;
  /** Whether a split is read only after those it comes from. */
  readonly ordered: boolean;
  /** A reader that is silent for longer is given up, ms. */
  readonly timeoutMs: number;
  readonly splits: number;
  readonly splitsWithProgress: number;
  readonly readers: readonly string[];
}

/** The progress of a group in one split. */
export interface GroupSplit {
  readonly name: string;
  readonly status: string;
  /** What is read next; undefined = nothing was stored yet. */
  readonly position: string | undefined;
  /** Who stored it last, or has the split. */
  readonly reader: string | undefined;
  /** Epoch ms. */
  readonly updatedMs: number | undefined;
  /** Records or groups of records between the position and the end, where both are known. */
  readonly behind: bigint | undefined;
}

/** `fromMs`: the first data received at or after it, epoch ms. */
export type GroupPosition = 'begin' | 'end' | { readonly fromMs: number };

/** Looks after the groups of one table. A group that does not exist is an error everywhere. */
export interface GroupAdmin {
  list(): Promise<readonly ReaderGroup[]>;
  describe(group: string): Promise<readonly GroupSplit[]>;
  /** Stores the position for all splits, whoever reads them. @returns how many */
  reset(group: string, position: GroupPosition): Promise<number>;
  close(): Promise<void>;
}

export interface ConnectorModule {
  source?(context: SourceContext): Source;
  sink?(context: SinkContext): Sink;
  /** Absent: the table cannot be a dimension. */
  lookup?(context: LookupContext): Lookup;
  /** `sluice check --connect`: reaches the system and throws what a run would throw. */
  check?(context: ConnectorContext): Promise<void>;
  /** Absent: the system keeps no progress. */
  admin?(context: ConnectorContext): GroupAdmin;
}

/** How a sink takes updating queries. `append`: by compatibility (D5). `upsert`: by primary key. `retract`: every change. */
export type SinkMode = 'append' | 'upsert' | 'retract';

/** One line of connectors/registry.ts: everything the planner needs without loading the connector. */
export interface ConnectorEntry {
  readonly name: string;
  readonly title: string;
  readonly options: OptionSet;
  /** The options of one declaration, where they depend on others (those of a file's format) or on the columns. */
  readonly optionsFor?: (given: readonly GivenOption[], columns: readonly TableColumn[]) => OptionSet;
  readonly source: boolean;
  readonly sink: SinkMode | false;
  /** Whether its tables can be looked up (`lookup` of the module, `lookupOptions` among the options). */
  readonly lookup?: boolean;
  /** The type of a HEADER column the connector can fill, or undefined if it has none of that name. */
  readonly header?: (name: string) => { readonly types: readonly SqlType['kind'][] } | undefined;
  /** Whether a read with these options ends by itself. */
  readonly bounded?: (options: OptionValues) => boolean;
  /** Whether a read with these options hands splits over to other processes: plans with keyed state refuse it (D13). */
  readonly movesSplits?: (options: OptionValues) => boolean;
  /** Plan-time check of the whole declaration beyond single options (HEADER names, option combinations, names of credential providers). */
  readonly validate?: (table: TableDescriptor, role: 'source' | 'sink', credentials?: CredentialLookup) => void;
  /** Whether the source evaluates this conjunct itself; columns are indexes into `table.columns`. */
  readonly acceptsFilter?: (conjunct: Expr, table: TableDescriptor) => boolean;
  /** Whether only wanted columns are decoded. */
  readonly projects?: boolean;
  /** Options shown in EXPLAIN (never secret ones). */
  readonly describe?: (options: OptionValues) => string;
  load(): Promise<ConnectorModule>;
}

export interface ConnectorRegistry {
  connector(name: string): ConnectorEntry | undefined;
  names(): readonly string[];
}
