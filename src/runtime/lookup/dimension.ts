import type { Batch } from '../../columnar/batch.ts';
import type { Column } from '../../columnar/column.ts';
import type { OperatorContext } from '../../contracts/operator.ts';
import type { Lookup } from '../../contracts/lookup.ts';
import type { RegisteredRows } from '../../contracts/registered.ts';
import { ConnectorError, InternalError } from '../../errors/sluice-error.ts';
import type { LookupJoinExec } from '../../planner/physical/time-joins.ts';
import type { Schema } from '../../types/schema.ts';

/** What the lookup join reads of one batch's keys. */
export interface Found {
  /** The first row of key k of the request, −1 where there is none. */
  first(k: number): number;
  /** The next row of the same key, −1 behind the last. */
  next(row: number): number;
  /** Column `column` of the fetched ones. */
  column(column: number, refs: Int32Array, count: number): Column;
  /** All is read. */
  done(): void;
}

/** A dimension table at hand in one of its ways. */
export interface Dimension {
  open(): Promise<void>;
  /** Looks up the keys of the rows `rows[0 … count)`, none NULL. */
  find(keys: readonly Column[], rows: Int32Array, count: number): Found | Promise<Found>;
  onTimer?(nowMs: number): void;
  close(): Promise<void>;
}

export interface DimensionEnvironment {
  readonly signal: AbortSignal;
  readonly registered?: ReadonlyMap<string, RegisteredRows>;
}

export const LOOKUP_BATCH_ROWS = 4096;

/** The columns that are fetched. */
export function fetchedSchema({ table, wanted }: LookupJoinExec): Schema {
  return { fields: wanted.map((index) => table.columns[index]!) };
}

/** What fetches the rows of a dimension table: its connector, or the rows that a caller registered. */
export async function createLookup(
  node: LookupJoinExec,
  context: OperatorContext,
  { signal, registered }: DimensionEnvironment,
): Promise<Lookup> {
  const { source, table, wanted } = node;
  const schema = fetchedSchema(node);
  if (source.kind === 'registered') {
    const rows = registered?.get(source.name);
    if (rows === undefined) throw new InternalError(`no rows are registered for table "${source.name}"`);
    return { open: async () => {}, scanAll: () => columnsOf(rows, wanted, schema), close: async () => {} };
  }
  const module = await source.entry.load();
  if (module.lookup === undefined) {
    throw new ConnectorError('CONNECTOR_ROLE', `connector "${source.entry.name}" cannot be looked up`);
  }
  return module.lookup({
    table,
    wanted,
    keys: node.keys.map((one) => one.column),
    schema,
    maxBatchRows: LOOKUP_BATCH_ROWS,
    maxRows: node.maxRows,
    metrics: context.metrics,
    now: context.now,
    signal,
    warn: (message) => context.warn(message),
  });
}

async function* columnsOf(rows: RegisteredRows, wanted: readonly number[], schema: Schema): AsyncGenerator<Batch> {
  for await (const batch of rows.batches()) {
    yield batch.withColumns(
      schema,
      wanted.map((index) => batch.columns[index]!),
    );
  }
}
