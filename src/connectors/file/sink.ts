import { mkdir, open, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Batch } from '../../columnar/batch.ts';
import type { Sink, SinkContext } from '../../contracts/connector.ts';
import type { Encoder } from '../../contracts/format.ts';
import { ConnectorError, InternalError } from '../../errors/sluice-error.ts';
import { format } from '../../formats/registry.ts';

/**
 * Appends rows to one file (never truncates: what is there stays). At-least-once: `flush` syncs to disk. A CSV header
 * is written only into an empty file.
 */
export class FileSink implements Sink {
  /** Rows are encoded and handed to the file before `write` settles. */
  readonly copies = true;
  readonly #context: SinkContext;
  readonly #path: string;
  #handle: FileHandle | undefined;
  #encoder: Encoder | undefined;

  constructor(context: SinkContext) {
    this.#context = context;
    this.#path = context.table.options.text('path');
  }

  async open(): Promise<void> {
    const { table, schema } = this.#context;
    const chosen = format(table.options.text('format'));
    if (chosen === undefined) throw new InternalError('the format was not checked');
    const module = await chosen.load();
    this.#encoder = module.encoder?.({ schema, options: table.options, timeZone: table.timeZone });
    await this.#attempt(async () => {
      const there = await stat(this.#path).catch(() => undefined);
      if (there?.isDirectory() === true) throw new Error('it is a folder; name a file in it');
      await mkdir(dirname(this.#path), { recursive: true });
      this.#handle = await open(this.#path, 'a');
      if ((there?.size ?? 0) === 0) await this.#handle.appendFile(this.#encoder?.header() ?? '');
    });
  }

  async write(batch: Batch): Promise<void> {
    const encoder = this.#encoder;
    if (encoder === undefined) throw new InternalError('file sink written before open');
    await this.#attempt(() => this.#handle?.appendFile(encoder.encode(batch)));
  }

  async flush(): Promise<void> {
    await this.#attempt(() => this.#handle?.sync());
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #attempt(work: () => Promise<void> | undefined): Promise<void> {
    try {
      await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConnectorError('FILE_FAILED', `writing file "${this.#path}" failed: ${reason}`, {
        domain: 'external',
        cause: error,
      });
    }
  }
}
