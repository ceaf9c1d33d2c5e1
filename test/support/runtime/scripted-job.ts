import type { Batch, ChangeKind } from '../../../src/columnar/batch.ts';
import type { ConnectorEntry, SinkMode } from '../../../src/contracts/connector.ts';
import type { RegisteredRows } from '../../../src/contracts/registered.ts';
import type { StateReader } from '../../../src/contracts/state.ts';
import { createFunctionRegistry } from '../../../src/functions/registry.ts';
import type { JobHandle } from '../../../src/jobs/job.ts';
import { startJob } from '../../../src/jobs/runner.ts';
import { parseScript } from '../../../src/parser/parse.ts';
import { Catalog } from '../../../src/planner/catalog.ts';
import type { Changelog } from '../../../src/planner/physical/plan.ts';
import { planJobStages, type PlanStages } from '../../../src/planner/plan-job.ts';
import { Session } from '../../../src/planner/session.ts';
import type { SqlType } from '../../../src/types/sql-type.ts';
import { batchOf, chunk, type Row } from './batches.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeSink } from './plans.ts';

/** A table that a script reads. */
export interface JobTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
  readonly rows: readonly Row[];
  readonly kinds?: readonly ChangeKind[];
  readonly changelog?: Changelog;
  readonly watermark?: { readonly column: string; readonly delayMs: number };
}

/**
 * A script whose INSERTs write into tables of `type='kept'` (every change), `'appended'` (+I and +U) and `'upserted'`
 * (by primary key), and what they have been given.
 */
export class ScriptedJob {
  readonly stages: PlanStages;
  readonly #sinks = new Map<string, FakeSink>();
  readonly #tables: readonly JobTable[];
  readonly #batchRows: number;

  constructor(
    text: string,
    tables: readonly JobTable[],
    { batchRows = 4096, reuse = true }: { readonly batchRows?: number; readonly reuse?: boolean } = {},
  ) {
    this.#tables = tables;
    this.#batchRows = batchRows;
    const modes: Readonly<Record<string, SinkMode>> = { kept: 'retract', appended: 'append', upserted: 'upsert' };
    const entry = (name: string, sink: SinkMode): ConnectorEntry => ({
      name,
      title: name,
      options: {},
      source: false,
      sink,
      load: async () => ({ sink: ({ table }) => this.sink(table.name) }),
    });
    const catalog = new Catalog({
      functions: createFunctionRegistry(),
      connectors: {
        connector: (name) => (modes[name] === undefined ? undefined : entry(name, modes[name])),
        names: () => Object.keys(modes),
      },
    });
    const session = new Session({ now: () => 0 });
    for (const { name, columns, changelog, watermark } of tables) {
      catalog.registerTable({ name, columns, changelog, watermark, bounded: true }, session);
    }
    session.set('table.optimizer.reuse-sub-plan-enabled', String(reuse));
    const source = { name: 'job.sql', text };
    this.stages = planJobStages(parseScript(source), catalog, session, { source });
  }

  sink(table: string): FakeSink {
    let sink = this.#sinks.get(table);
    if (sink === undefined) this.#sinks.set(table, (sink = new FakeSink()));
    return sink;
  }

  /** What each table was given so far. */
  get written(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries([...this.#sinks].map(([name, { written }]) => [name, [...written]]));
  }

  /** @param upTo batches of each table that come; then its source waits for ever */
  start({ upTo, from }: { readonly upTo?: number; readonly from?: StateReader } = {}): JobHandle {
    return startJob({
      plan: this.stages.physical,
      name: 'scripted',
      clock: new FakeClock(),
      registeredSources: new Map(this.#tables.map((one) => [one.name, this.#read(one, upTo)])),
      ...(from === undefined ? {} : { restoreFrom: from }),
    });
  }

  /** Runs to the end. */
  async run(): Promise<Readonly<Record<string, readonly string[]>>> {
    await this.start().done;
    return this.written;
  }

  #read({ columns, rows, kinds }: JobTable, upTo: number | undefined): RegisteredRows {
    const schema = { fields: columns.map((one) => ({ ...one, nullable: true })) };
    const parts = chunk([...rows.keys()], this.#batchRows);
    const batches = parts.map((part): Batch =>
      batchOf(
        schema,
        part.map((i) => rows[i]!),
        kinds && part.map((i) => kinds[i]!),
      ),
    );
    if (upTo === undefined) return { batches: () => batches };
    return {
      async *batches() {
        yield* batches.slice(0, upTo);
        await new Promise<never>(() => {});
      },
    };
  }
}
