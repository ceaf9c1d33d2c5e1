import type {
  ConnectorContext,
  ConnectorEntry,
  Position,
  ReadResult,
  Sink,
  SinkContext,
  Source,
  SourceContext,
  Split,
  SplitReader,
  TableDescriptor,
} from '../../../src/contracts/connector.ts';
import type { Batch } from '../../../src/columnar/batch.ts';
import type { ColumnExpr } from '../../../src/contracts/expression.ts';
import { OptionValues } from '../../../src/contracts/options.ts';
import type {
  Changelog,
  CollectExec,
  GroupAggregateExec,
  PhysicalNode,
  ScanExec,
  SinkExec,
  WatermarkSpec,
  WindowAggregateExec,
} from '../../../src/planner/physical/plan.ts';
import type { Schema } from '../../../src/types/schema.ts';
import { BIGINT, TIMESTAMP } from '../../../src/types/sql-type.ts';
import { changesOf } from './batches.ts';

/** What a fake source does for one read; a promise holds the answer back, an error fails it. */
export type Answer = Partial<ReadResult> | Error | (() => Promise<Partial<ReadResult>>);

export interface FakeSplit extends Partial<Split> {
  readonly answers: readonly Answer[];
}

/** A source that answers by script; positions are the number of answers given. After the last answer: `end`. */
export class FakeSource implements Source {
  readonly bounded = true;
  readonly committed: ReadonlyMap<string, Position>[] = [];
  readonly reads: string[] = [];
  opened = 0;
  closed = 0;
  readersOpen = 0;
  commit?: (positions: ReadonlyMap<string, Position>) => Promise<void>;
  readonly #splits: readonly FakeSplit[];
  context: SourceContext | undefined;

  constructor(splits: readonly FakeSplit[], settings: { readonly commits?: boolean } = {}) {
    this.#splits = splits;
    if (settings.commits !== false) {
      this.commit = async (positions) => {
        this.committed.push(positions);
      };
    }
  }

  async open(): Promise<readonly Split[]> {
    this.opened++;
    return this.#splits.map((one, i) => ({ id: one.id ?? `split ${i}`, canIdle: one.canIdle ?? false }));
  }

  async openSplit(split: Split, from: Position | undefined): Promise<SplitReader> {
    this.readersOpen++;
    const index = this.#splits.findIndex((one, i) => (one.id ?? `split ${i}`) === split.id);
    const { answers } = this.#splits[index]!;
    let at = Number(from ?? 0);
    return {
      read: async () => {
        this.reads.push(split.id);
        const given = answers[at];
        if (given === undefined) return { batches: [], position: String(at), status: 'end', rawBytes: 0 };
        if (given instanceof Error) throw given;
        const answer = typeof given === 'function' ? await given() : given;
        at++;
        return { batches: [], position: String(at), status: 'more', rawBytes: 0, ...answer };
      },
      close: () => {
        this.readersOpen--;
      },
    };
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

/** A sink that keeps what it gets. */
export class FakeSink implements Sink {
  readonly written: string[] = [];
  readonly events: string[] = [];
  copies = false;
  context: SinkContext | undefined;
  opened = 0;
  closed = 0;
  onWrite: (batch: Batch) => void | Promise<void> = () => undefined;
  onFlush: () => Promise<void> = async () => {};

  async open(): Promise<void> {
    this.opened++;
  }

  write(batch: Batch): void | Promise<void> {
    this.written.push(...changesOf(batch));
    this.events.push(`write ${batch.size}`);
    return this.onWrite(batch);
  }

  async flush(): Promise<void> {
    this.events.push('flush');
    await this.onFlush();
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

export function entryOf(parts: { readonly source?: FakeSource; readonly sink?: FakeSink }): ConnectorEntry {
  return {
    name: 'fake',
    title: 'fake',
    options: {},
    source: parts.source !== undefined,
    sink: parts.sink === undefined ? false : 'retract',
    load: async () => ({
      ...(parts.source === undefined
        ? {}
        : {
            source: (context: SourceContext) => {
              parts.source!.context = context;
              return parts.source!;
            },
          }),
      ...(parts.sink === undefined
        ? {}
        : {
            sink: (context: SinkContext) => {
              parts.sink!.context = context;
              return parts.sink!;
            },
          }),
      check: async (_: ConnectorContext) => {},
    }),
  };
}

export function tableOf(name: string, schema: Schema): TableDescriptor {
  return {
    name,
    columns: schema.fields.map((field) => ({ ...field, header: false })),
    primaryKey: [],
    options: new OptionValues(new Map(), new Set()),
    timeZone: 'UTC',
    compatibility: 'blink',
  };
}

export function columnExpr(schema: Schema, index: number): ColumnExpr {
  const field = schema.fields[index]!;
  return { kind: 'column', index, name: field.name, type: field.type };
}

export function scan(
  schema: Schema,
  source: FakeSource | string,
  settings: { readonly id?: string; readonly watermark?: WatermarkSpec; readonly changelog?: Changelog } = {},
): ScanExec {
  const name = settings.id ?? 't';
  return {
    kind: 'scan',
    id: `scan ${name}`,
    schema,
    changelog: settings.changelog ?? 'insert-only',
    table: tableOf(name, schema),
    source:
      typeof source === 'string'
        ? { kind: 'registered', name: source }
        : { kind: 'connector', entry: entryOf({ source }) },
    wanted: schema.fields.map((_, i) => i),
    pushed: [],
    outputs: schema.fields.map((_, i) => columnExpr(schema, i)),
    watermark: settings.watermark,
    bounded: true,
  };
}

export function watermark(column: number, delayMs: number, paneMs = 1, paneOffsetMs = 0): WatermarkSpec {
  return { column, delayMs, paneMs, paneOffsetMs };
}

export function sink(
  input: PhysicalNode,
  into: FakeSink,
  settings: { readonly dropRetractions?: boolean } = {},
): SinkExec {
  return {
    kind: 'sink',
    id: 'sink out',
    schema: input.schema,
    changelog: input.changelog,
    input,
    table: tableOf('out', input.schema),
    entry: entryOf({ sink: into }),
    dropRetractions: settings.dropRetractions ?? false,
  };
}

export function collect(input: PhysicalNode): CollectExec {
  return { kind: 'collect', id: 'collect', schema: input.schema, changelog: input.changelog, input };
}

export function union(...inputs: readonly PhysicalNode[]): PhysicalNode {
  return { kind: 'union', id: 'union', schema: inputs[0]!.schema, changelog: 'insert-only', inputs };
}

export function groupAggregate(
  input: PhysicalNode,
  parts: Pick<GroupAggregateExec, 'keys' | 'calls'> & { readonly emitBefore?: boolean; readonly id?: string },
): GroupAggregateExec {
  const retracts = input.changelog !== 'insert-only';
  return {
    kind: 'group-aggregate',
    id: parts.id ?? 'group',
    schema: outputSchema(input.schema, parts),
    changelog: parts.emitBefore === false ? 'upsert' : 'retract',
    input,
    keys: parts.keys,
    calls: parts.calls,
    retracts,
    emitBefore: parts.emitBefore ?? true,
  };
}

export function windowAggregate(
  input: PhysicalNode,
  parts: Pick<WindowAggregateExec, 'window' | 'timeColumn' | 'keys' | 'calls'> &
    Partial<Pick<WindowAggregateExec, 'properties'>>,
): WindowAggregateExec {
  const properties = parts.properties ?? ['start', 'end'];
  const base = outputSchema(input.schema, parts);
  return {
    kind: 'window-aggregate',
    id: 'window',
    schema: { fields: [...base.fields, ...properties.map((name) => ({ name, type: TIMESTAMP, nullable: false }))] },
    changelog: 'insert-only',
    input,
    ...parts,
    properties,
  };
}

function outputSchema(input: Schema, parts: Pick<GroupAggregateExec, 'keys' | 'calls'>): Schema {
  return {
    fields: [
      ...parts.keys.map((key) => input.fields[key]!),
      ...parts.calls.map((call, i) => ({ name: `a${i}`, type: call.type ?? BIGINT, nullable: true })),
    ],
  };
}
