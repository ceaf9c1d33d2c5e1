import { encodeUtf8, ByteSlice } from '../columnar/byte-slice.ts';
import type { Batch } from '../columnar/batch.ts';
import type { Column } from '../columnar/column.ts';
import { valueAt } from '../columnar/row-view.ts';
import type { EncodeContext, Encoder } from '../contracts/format.ts';
import { isNested } from '../types/sql-type.ts';
import { formatValue } from '../values/format-value.ts';
import { jsonText } from '../values/nested/nested-json.ts';
import { timeZone, type Zone } from '../values/zone.ts';

/** One cell of the row being written. */
export interface OutputCell {
  readonly column: Column;
  readonly row: number;
  readonly isNull: boolean;
}

/** Where a format writes the text of a row. */
export interface RowText {
  text(text: string): void;
  /** The value as `CAST(x AS VARCHAR)` prints it, nested ones as JSON; nothing for NULL. */
  value(cell: OutputCell): void;
  /** The same as a string, for formats that must look at it; '' for NULL. */
  asString(cell: OutputCell): string;
  bytes(bytes: Uint8Array, offset: number, length: number): void;
}

interface RowFormat {
  readonly header: string;
  readonly row: (out: RowText, cells: readonly OutputCell[]) => void;
}

/** The part the text encoders share: a growing buffer, rows ended by LF, selections and NULLs. */
export class TextEncoderRows implements Encoder, RowText {
  readonly #format: RowFormat;
  readonly #zone: Zone;
  #buffer = new Uint8Array(1 << 16);
  #used = 0;

  constructor(context: EncodeContext, format: RowFormat) {
    this.#format = format;
    this.#zone = timeZone(context.timeZone);
  }

  header(): Uint8Array {
    return encodeUtf8(this.#format.header);
  }

  encode(batch: Batch): Uint8Array {
    this.#used = 0;
    for (let k = 0; k < batch.size; k++) {
      const row = batch.selection === null ? k : batch.selection[k]!;
      const cells = batch.columns.map((column) => ({ column, row, isNull: column.nulls?.[row] === 1 }));
      this.#format.row(this, cells);
      this.#room(1);
      this.#buffer[this.#used++] = 0x0a;
    }
    return this.#buffer.subarray(0, this.#used);
  }

  text(text: string): void {
    this.#room(text.length * 3);
    this.#used += new TextEncoder().encodeInto(text, this.#buffer.subarray(this.#used)).written;
  }

  value(cell: OutputCell): void {
    if (cell.isNull) return;
    if (cell.column.layout === 'bytes' && !isNested(cell.column.type)) {
      this.bytes(cell.column.bytes, cell.column.offsets[cell.row]!, cell.column.lengths[cell.row]!);
    } else {
      this.text(this.asString(cell));
    }
  }

  asString(cell: OutputCell): string {
    const value = valueAt(cell.column, cell.row);
    if (value === null) return '';
    if (isNested(cell.column.type)) return jsonText(cell.column.type, value, this.#zone, 'blink');
    if (value instanceof ByteSlice) return value.toString();
    return formatValue(cell.column.type, value, this.#zone, 'blink') ?? '';
  }

  bytes(bytes: Uint8Array, offset: number, length: number): void {
    this.#room(length);
    this.#buffer.set(bytes.subarray(offset, offset + length), this.#used);
    this.#used += length;
  }

  #room(length: number): void {
    if (this.#used + length <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(this.#buffer.length * 2, this.#used + length));
    larger.set(this.#buffer.subarray(0, this.#used));
    this.#buffer = larger;
  }
}
