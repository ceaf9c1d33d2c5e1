import type { Position, Source, SourceContext, Split, SplitReader } from '../../contracts/connector.ts';
import { RowErrors, type OnError } from '../../contracts/row-errors.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { format } from '../../formats/registry.ts';
import { FileReader } from './file-reader.ts';
import { listFiles } from './list-files.ts';

/** Every file is a split, read in order; positions are `byte:line`. Files are listed once, when the job starts. */
export class FileSource implements Source {
  readonly bounded: boolean;
  readonly #context: SourceContext;
  readonly #errors: RowErrors;

  constructor(context: SourceContext) {
    this.#context = context;
    const options = context.table.options;
    this.bounded = !options.bool('follow');
    this.#errors = new RowErrors({
      policy: options.text('onError') as OnError,
      table: context.table.name,
      counter: context.metrics.counter('parseErrors'),
      debug: options.bool('columnErrorDebug'),
      warn: context.warn,
      now: context.now,
    });
  }

  async open(): Promise<readonly Split[]> {
    const { table } = this.#context;
    const files = await listFiles(table.options.text('path'), table.name);
    return files.map((id) => ({ id, canIdle: !this.bounded }));
  }

  async openSplit(split: Split, from: Position | undefined): Promise<SplitReader> {
    const name = this.#context.table.options.text('format');
    const chosen = format(name);
    if (chosen === undefined) throw new InternalError(`format ${name} was not checked`);
    return FileReader.open(split.id, from, {
      context: this.#context,
      format: await chosen.load(),
      errors: this.#errors,
    });
  }

  async close(): Promise<void> {
    // Readers close their files themselves.
  }
}
