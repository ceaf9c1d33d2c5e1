import type { SinkContext, SourceContext, TableColumn, TableDescriptor } from '../../src/contracts/connector.ts';
import type { Expr } from '../../src/contracts/expression.ts';
import { parseOptions } from '../../src/contracts/options.ts';
import type { Counter } from '../../src/contracts/operator.ts';
import { slsOptions } from '../../src/connectors/sls/options.ts';
import { validateSlsTable } from '../../src/connectors/sls/validate.ts';
import { field, schema } from '../../src/types/schema.ts';
import type { SqlType } from '../../src/types/sql-type.ts';
import { valueAt } from '../../src/columnar/row-view.ts';
import type { Batch } from '../../src/columnar/batch.ts';

export type ColumnSpec = readonly [name: string, type: SqlType, header?: 'header'];

/** A declared table of `type='sls'`. */
export function slsTable(
  columns: readonly ColumnSpec[],
  options: Readonly<Record<string, string>>,
  role: 'source' | 'sink' = 'source',
): TableDescriptor {
  const table: TableDescriptor = {
    name: 't',
    columns: columns.map(([name, type, header]): TableColumn => ({
      name,
      type,
      nullable: true,
      header: header !== undefined,
    })),
    primaryKey: [],
    options: parseOptions(
      slsOptions,
      Object.entries({ accessId: 'sluice', accessKey: 'sluice', ...options }).map(([key, value]) => ({ key, value })),
      { connector: 'sls' },
    ),
    timeZone: 'UTC',
    compatibility: 'blink',
  };
  validateSlsTable(table, role);
  return table;
}

export interface Told {
  readonly lines: string[];
  readonly counters: Map<string, Counter>;
}

function base(table: TableDescriptor, signal: AbortSignal): Told & Omit<SinkContext, 'schema' | 'updating'> {
  const lines: string[] = [];
  const counters = new Map<string, Counter>();
  return {
    lines,
    counters,
    table,
    now: Date.now,
    signal,
    warn: (line) => void lines.push(line),
    metrics: {
      counter: (name) => {
        const counter: Counter = {
          value: 0,
          add(count) {
            this.value += count;
          },
        };
        counters.set(name, counter);
        return counter;
      },
      gauge: () => undefined,
    },
  };
}

export function sourceContext(
  table: TableDescriptor,
  more: { signal?: AbortSignal; filter?: readonly Expr[]; wanted?: readonly number[] } = {},
): SourceContext & Told {
  const wanted = more.wanted ?? table.columns.map((_, i) => i);
  return {
    ...base(table, more.signal ?? new AbortController().signal),
    wanted,
    filter: more.filter ?? [],
    watermarkInputs: [],
    maxBatchRows: 4096,
    schema: schema(wanted.map((i) => field(table.columns[i]!.name, table.columns[i]!.type))),
  };
}

export function sinkContext(
  table: TableDescriptor,
  signal: AbortSignal = new AbortController().signal,
): SinkContext & Told {
  return {
    ...base(table, signal),
    schema: schema(table.columns.map((column) => field(column.name, column.type))),
    updating: false,
  };
}

/** The rows of batches with text for bytes. */
export function rowsOfBatches(batches: readonly Batch[]): unknown[][] {
  return batches.flatMap((batch) => {
    const rows = batch.selection === null ? Array.from({ length: batch.rowCount }, (_, i) => i) : [...batch.selection];
    return rows.map((row) =>
      batch.columns.map((column) => {
        const value = valueAt(column, row);
        return typeof value === 'object' && value !== null ? value.toString() : value;
      }),
    );
  });
}
