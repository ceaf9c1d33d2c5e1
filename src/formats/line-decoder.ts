import type { DecodeContext, DecodedRows, Decoder } from '../contracts/format.ts';
import { RowCollector } from './row-collector.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Decodes one line: `begin`/`end` of the row are the caller's. The range excludes the line end. */
export type LineHandler = (rows: RowCollector, bytes: Uint8Array, start: number, end: number, line: number) => void;

/**
 * The part all one-line-one-record formats share: cuts chunks into lines, carries the incomplete last one over, skips
 * empty lines unless they are data, counts lines and bytes.
 */
export class LineDecoder implements Decoder {
  consumed = 0;
  line = 0;
  readonly #rows: RowCollector;
  readonly #handle: LineHandler;
  readonly #keepEmpty: boolean;
  #carry: Uint8Array | null = null;

  constructor(context: DecodeContext, handle: LineHandler, keepEmptyLines: boolean) {
    this.#rows = new RowCollector(context.wanted, context.timeZone, context.errors, context.maxBatchRows);
    this.#handle = handle;
    this.#keepEmpty = keepEmptyLines;
    this.line = context.resume?.line ?? 0;
  }

  decode(chunk: Uint8Array): readonly DecodedRows[] {
    const bytes = this.#carry === null ? chunk : joined(this.#carry, chunk);
    let start = 0;
    this.#rows.useBuffer(bytes);
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, start);
      if (newline < 0) break;
      this.#record(bytes, start, newline);
      this.consumed += newline + 1 - start;
      start = newline + 1;
    }
    // A copy, because the rows of this chunk keep viewing (and may have unescaped) the buffer before `start`.
    this.#carry = start === bytes.length ? null : bytes.slice(start);
    return this.#rows.take();
  }

  finish(): readonly DecodedRows[] {
    const rest = this.#carry;
    this.#carry = null;
    if (rest !== null) {
      this.#rows.useBuffer(rest);
      this.#record(rest, 0, rest.length);
      this.consumed += rest.length;
    }
    return this.#rows.take();
  }

  #record(bytes: Uint8Array, start: number, lineEnd: number): void {
    const end = lineEnd > start && bytes[lineEnd - 1] === RETURN ? lineEnd - 1 : lineEnd;
    const line = ++this.line;
    if (end === start && !this.#keepEmpty) return;
    this.#rows.begin(line);
    this.#handle(this.#rows, bytes, start, end, line);
    this.#rows.end();
  }
}

export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
