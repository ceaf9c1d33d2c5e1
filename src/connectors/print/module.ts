import { changeKindNames, type Batch } from '../../columnar/batch.ts';
import { ByteSlice } from '../../columnar/byte-slice.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { ConnectorModule, Sink, SinkContext } from '../../contracts/connector.ts';
import { isNested } from '../../types/sql-type.ts';
import { formatValue } from '../../values/format-value.ts';
import { timeZone } from '../../values/zone.ts';

export const sink: NonNullable<ConnectorModule['sink']> = (context: SinkContext): Sink => new PrintSink(context);

/** Writes to stdout: a job file has no other results there. */
class PrintSink implements Sink {
  /** Rows are text before `write` returns. */
  readonly copies = true;
  readonly #context: SinkContext;

  constructor(context: SinkContext) {
    this.#context = context;
  }

  async open(): Promise<void> {
    // Nothing to connect.
  }

  write(batch: Batch): void | Promise<void> {
    // A reader that left wants no more; who owns stdout hears of it there and stops the job.
    if (this.#context.table.options.bool('ignoreWrite') || !process.stdout.writable) return undefined;
    const lines: string[] = [];
    for (let k = 0; k < batch.size; k++) {
      const row = batch.selection === null ? k : batch.selection[k]!;
      const kind = changeKindNames[batch.kinds?.[row] ?? 0]!;
      lines.push(`${kind}(${batch.columns.map((column) => this.#text(column, row)).join(',')})\n`);
    }
    const done = process.stdout.write(lines.join(''));
    if (done) return undefined;
    return drained(process.stdout);
  }

  async flush(): Promise<void> {
    // stdout keeps its own order; nothing is held back here.
  }

  async close(): Promise<void> {
    // stdout stays open.
  }

  #text(column: Batch['columns'][number], row: number): string {
    const { table } = this.#context;
    const value = valueAt(column, row);
    if (value === null) return 'null';
    if (value instanceof ByteSlice && column.type.kind !== 'varbinary' && !isNested(column.type))
      return value.toString();
    return formatValue(column.type, value, timeZone(table.timeZone), table.compatibility) ?? 'null';
  }
}

/** When the stream takes more, or never will. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const events = ['drain', 'error', 'close'] as const;
    const done = (): void => {
      for (const event of events) stream.removeListener(event, done);
      resolve();
    };
    for (const event of events) stream.once(event, done);
  });
}
