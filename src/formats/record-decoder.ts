import type { DecodeContext, DecodedRows, Decoder } from '../contracts/format.ts';
import { ConnectorError } from '../errors/sluice-error.ts';
import { RowCollector } from './row-collector.ts';

const RETURN = 0x0d;
/** A record that never ends (a quote that is not closed) would otherwise be carried over and copied without limit. */
const MAX_RECORD_BYTES = 64 << 20;

/**
 * The part the text formats share: cuts chunks into records that end with LF or CR LF, carries the incomplete last one
 * over to the next chunk, counts the bytes taken.
 */
export abstract class RecordDecoder implements Decoder {
  consumed = 0;
  line: number;
  protected readonly rows: RowCollector;
  #carry: Uint8Array | null = null;

  constructor(context: DecodeContext) {
    this.rows = new RowCollector(context.wanted, context.timeZone, context.errors, context.maxBatchRows);
    this.line = context.resume?.line ?? 0;
  }

  /** The LF that ends the record beginning at `start`; −1 if it is not in these bytes. */
  protected abstract recordEnd(bytes: Uint8Array, start: number): number;

  /** Takes one record, its line end left out; advances `line`. */
  protected abstract record(bytes: Uint8Array, start: number, end: number): void;

  decode(chunk: Uint8Array): readonly DecodedRows[] {
    const bytes = this.#carry === null ? chunk : joined(this.#carry, chunk);
    this.rows.useBuffer(bytes);
    let start = 0;
    for (;;) {
      const newline = this.recordEnd(bytes, start);
      if (newline < 0) break;
      this.record(bytes, start, withoutReturn(bytes, start, newline));
      this.consumed += newline + 1 - start;
      start = newline + 1;
    }
    if (bytes.length - start > MAX_RECORD_BYTES) {
      throw new ConnectorError('ROW_INVALID', `the record that begins in line ${this.line + 1} is longer than 64 MiB`, {
        domain: 'external',
        hint: 'Look for a quote that is never closed or a file without line ends.',
      });
    }
    // A copy, because the rows of this chunk keep viewing (and may have unescaped) the buffer before `start`.
    this.#carry = start === bytes.length ? null : bytes.slice(start);
    return this.rows.take();
  }

  finish(): readonly DecodedRows[] {
    const rest = this.#carry;
    this.#carry = null;
    if (rest !== null) {
      this.rows.useBuffer(rest);
      this.record(rest, 0, withoutReturn(rest, 0, rest.length));
      this.consumed += rest.length;
    }
    return this.rows.take();
  }
}

function withoutReturn(bytes: Uint8Array, start: number, end: number): number {
  return end > start && bytes[end - 1] === RETURN ? end - 1 : end;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
