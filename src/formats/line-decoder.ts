import type { DecodeContext } from '../contracts/format.ts';
import { RecordDecoder } from './record-decoder.ts';
import type { RowCollector } from './row-collector.ts';

const NEWLINE = 0x0a;

/** Decodes one line; the row is begun before and ended after it. The range excludes the line end. */
type LineHandler = (rows: RowCollector, bytes: Uint8Array, start: number, end: number, line: number) => void;

/** Formats in which one line is one record. Empty lines are skipped unless they are data. */
export class LineDecoder extends RecordDecoder {
  readonly #handle: LineHandler;
  readonly #keepEmpty: boolean;

  constructor(context: DecodeContext, handle: LineHandler, keepEmptyLines: boolean) {
    super(context);
    this.#handle = handle;
    this.#keepEmpty = keepEmptyLines;
  }

  protected recordEnd(bytes: Uint8Array, start: number): number {
    return bytes.indexOf(NEWLINE, start);
  }

  protected record(bytes: Uint8Array, start: number, end: number): void {
    const line = ++this.line;
    if (end === start && !this.#keepEmpty) return;
    this.rows.begin(line);
    this.#handle(this.rows, bytes, start, end, line);
    this.rows.end();
  }
}
