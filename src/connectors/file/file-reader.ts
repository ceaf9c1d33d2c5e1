import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Batch } from '../../columnar/batch.ts';
import { encodeUtf8 } from '../../columnar/byte-slice.ts';
import { bytesColumn, fixedColumn, type Column } from '../../columnar/column.ts';
import type { Position, ReadResult, SourceContext, SplitReader } from '../../contracts/connector.ts';
import type { DecodedRows, Decoder, FormatModule } from '../../contracts/format.ts';
import type { RowErrors } from '../../contracts/row-errors.ts';
import { ConnectorError } from '../../errors/sluice-error.ts';

const CHUNK_BYTES = 1 << 20;
/** How often a followed file is looked at. */
const FOLLOW_MS = 200;

interface ReaderParts {
  readonly context: SourceContext;
  readonly format: FormatModule;
  readonly errors: RowErrors;
}

/** Reads one file from a position; with `follow` it waits at the end for more. */
export class FileReader implements SplitReader {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #context: SourceContext;
  readonly #decoder: Decoder;
  readonly #follow: boolean;
  readonly #base: number;
  #offset: number;
  #waited = true;

  private constructor(
    path: string,
    handle: FileHandle,
    decoder: Decoder,
    at: { context: SourceContext; base: number },
  ) {
    this.#path = path;
    this.#handle = handle;
    this.#decoder = decoder;
    this.#context = at.context;
    this.#follow = at.context.table.options.bool('follow');
    this.#base = at.base;
    this.#offset = at.base;
  }

  static async open(path: string, from: Position | undefined, parts: ReaderParts): Promise<FileReader> {
    const { context } = parts;
    const [offset = 0, line = 0] = (from ?? '0:0').split(':').map(Number);
    const handle = await open(path, 'r').catch((error: unknown) => {
      throw failed(path, error);
    });
    const columns = context.table.columns;
    const decoder = parts.format.decoder({
      wanted: context.wanted.map((index) => columns[index]!).filter((column) => !column.header),
      physical: columns.filter((column) => !column.header),
      options: context.table.options,
      timeZone: context.table.timeZone,
      errors: parts.errors,
      maxBatchRows: context.maxBatchRows,
      ...(offset > 0 ? { resume: { line, firstLine: await firstLine(handle) } } : {}),
    });
    return new FileReader(path, handle, decoder, { context, base: offset });
  }

  async read(): Promise<ReadResult> {
    if (!this.#waited) {
      await sleep(FOLLOW_MS, undefined, { signal: this.#context.signal });
      this.#waited = true;
    }
    const chunk = new Uint8Array(CHUNK_BYTES);
    const { bytesRead } = await this.#handle.read(chunk, 0, CHUNK_BYTES, this.#offset).catch((error: unknown) => {
      throw failed(this.#path, error);
    });
    this.#offset += bytesRead;
    if (bytesRead > 0) return this.#result(this.#decoder.decode(chunk.subarray(0, bytesRead)), 'more', bytesRead);
    if (this.#follow) {
      this.#waited = false;
      return this.#result([], 'caught-up', 0);
    }
    return this.#result(this.#decoder.finish(), 'end', 0);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #result(rows: readonly DecodedRows[], status: ReadResult['status'], rawBytes: number): ReadResult {
    return {
      batches: rows.map((one) => this.#batch(one)),
      position: `${this.#base + this.#decoder.consumed}:${this.#decoder.line}`,
      status,
      rawBytes,
    };
  }

  #batch(rows: DecodedRows): Batch {
    const { table, wanted, schema } = this.#context;
    let next = 0;
    const columns = wanted.map((index) => {
      const column = table.columns[index]!;
      if (!column.header) return rows.columns[next++]!;
      return (column.attribute ?? column.name) === '__line__' ? lineColumn(rows) : this.#pathColumn(rows.rowCount);
    });
    return new Batch(schema, columns, rows.rowCount);
  }

  #pathColumn(rowCount: number): Column {
    const bytes = encodeUtf8(this.#path);
    const offsets = new Int32Array(rowCount);
    const lengths = new Int32Array(rowCount).fill(bytes.length);
    return bytesColumn({ kind: 'varchar', length: undefined }, { bytes, offsets, lengths }, rowCount);
  }
}

function lineColumn(rows: DecodedRows): Column {
  const values = new BigInt64Array(rows.rowCount);
  for (let i = 0; i < rows.rowCount; i++) values[i] = BigInt(rows.lines[i]!);
  return fixedColumn({ kind: 'bigint' }, values, rows.rowCount);
}

async function firstLine(handle: FileHandle): Promise<Uint8Array> {
  const head = new Uint8Array(CHUNK_BYTES);
  const { bytesRead } = await handle.read(head, 0, CHUNK_BYTES, 0);
  const newline = head.subarray(0, bytesRead).indexOf(0x0a);
  const line = head.subarray(0, newline < 0 ? bytesRead : newline);
  return line[line.length - 1] === 0x0d ? line.subarray(0, -1) : line;
}

function failed(path: string, error: unknown): ConnectorError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ConnectorError('FILE_FAILED', `reading file "${path}" failed: ${reason}`, {
    domain: 'external',
    cause: error,
  });
}
