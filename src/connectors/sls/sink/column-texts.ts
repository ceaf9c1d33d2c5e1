import { ByteSlice } from '../../../columnar/byte-slice.ts';
import type { Column } from '../../../columnar/column.ts';
import { msOfFine } from '../../../columnar/fine-time.ts';
import { GrowingBytes } from '../../../columnar/growing-bytes.ts';
import { readI128 } from '../../../columnar/i128.ts';
import type { TableDescriptor } from '../../../contracts/connector.ts';
import { isBinary, isFineTime, isNested, type SqlType } from '../../../types/sql-type.ts';
import { MAX_TIMESTAMP_BYTES, writeFineTimestamp, writeLocalTimestamp } from '../../../values/format-temporal.ts';
import { valueFormatter, type Formatter } from '../../../values/format-value.ts';
import { jsonText } from '../../../values/nested/nested-json.ts';
import { insertPoint, MAX_INT64_BYTES, writeInt64, writeInteger } from '../../../values/write-number.ts';
import { timeZone } from '../../../values/zone.ts';
import type { FieldTexts } from '../../../wire/sls/log-fields.ts';

/**
 * One column of a batch as texts: texts are shown where they lie, all else is written into memory that the next batch
 * overwrites.
 */
export class ColumnTexts implements FieldTexts {
  readonly #type: SqlType;
  readonly #format: Formatter;
  readonly #written = new GrowingBytes(0);
  readonly #text = new ByteSlice();
  readonly #nested = new ByteSlice();
  #starts = new Int32Array(0);
  #sizes = new Int32Array(0);
  #shown: FieldTexts = NOTHING;

  constructor(type: SqlType, table: TableDescriptor) {
    this.#type = type;
    this.#format = textFormatter(type, table);
  }

  get bytes(): Uint8Array {
    return this.#shown.bytes;
  }

  get offsets(): Int32Array {
    return this.#shown.offsets;
  }

  get lengths(): Int32Array {
    return this.#shown.lengths;
  }

  get nulls(): Uint8Array | null {
    return this.#shown.nulls;
  }

  /** Takes the texts of a column. @param selection the rows that are wanted; null = all up to `rowCount` */
  load(column: Column, rowCount: number, selection: Int32Array | null): void {
    if (column.layout === 'bytes' && !isNested(this.#type)) {
      this.#shown = column;
      return;
    }
    if (this.#starts.length < rowCount) {
      this.#starts = new Int32Array(rowCount);
      this.#sizes = new Int32Array(rowCount);
    }
    this.#written.length = 0;
    const { nulls } = column;
    switch (column.layout) {
      case 'i8':
      case 'i16':
      case 'i32':
        if (isInteger(this.#type)) this.#writeIntegers(column.values, nulls, rowCount, selection);
        else this.#writeEach(column, rowCount, selection);
        break;
      case 'i64':
        this.#writeDecimals(column.values, nulls, rowCount, selection);
        break;
      default:
        this.#writeEach(column, rowCount, selection);
    }
    this.#shown = { bytes: this.#written.bytes, offsets: this.#starts, lengths: this.#sizes, nulls };
  }

  #writeIntegers(
    values: Int8Array | Int16Array | Int32Array,
    nulls: Uint8Array | null,
    rowCount: number,
    selection: Int32Array | null,
  ): void {
    const count = selection === null ? rowCount : selection.length;
    const bytes = this.#roomFor(count * MAX_INT32_BYTES);
    let at = 0;
    for (let k = 0; k < count; k++) {
      const row = selection === null ? k : selection[k]!;
      if (nulls !== null && nulls[row] === 1) continue;
      const end = writeInteger(bytes, at, values[row]!);
      this.#starts[row] = at;
      this.#sizes[row] = end - at;
      at = end;
    }
  }

  /** BIGINT and DECIMAL in 64 bits, read as two words: a 64-bit element read alone is an object. */
  #writeDecimals(
    values: BigInt64Array,
    nulls: Uint8Array | null,
    rowCount: number,
    selection: Int32Array | null,
  ): void {
    const words = new Int32Array(values.buffer, values.byteOffset, 2 * rowCount);
    const scale = this.#type.kind === 'decimal' ? this.#type.scale : 0;
    const count = selection === null ? rowCount : selection.length;
    const bytes = this.#roomFor(count * (MAX_INT64_BYTES + 2));
    let at = 0;
    for (let k = 0; k < count; k++) {
      const row = selection === null ? k : selection[k]!;
      if (nulls !== null && nulls[row] === 1) continue;
      const digitsEnd = writeInt64(bytes, at, words[2 * row]!, words[2 * row + 1]!);
      const end = scale === 0 ? digitsEnd : insertPoint(bytes, at, digitsEnd, scale);
      this.#starts[row] = at;
      this.#sizes[row] = end - at;
      at = end;
    }
  }

  #writeEach(column: Column, rowCount: number, selection: Int32Array | null): void {
    const { nulls } = column;
    const written = this.#written;
    const text = this.#text;
    const count = selection === null ? rowCount : selection.length;
    for (let k = 0; k < count; k++) {
      const row = selection === null ? k : selection[k]!;
      if (nulls !== null && nulls[row] === 1) continue;
      this.#formatRow(column, row);
      this.#starts[row] = written.length;
      this.#sizes[row] = text.length;
      written.append(text.bytes, text.offset, text.length);
    }
  }

  #formatRow(column: Column, row: number): void {
    const out = this.#text;
    const format = this.#format;
    switch (column.layout) {
      case 'bytes':
        this.#nested.view(column.bytes, column.offsets[row]!, column.lengths[row]!);
        (format as Formatter<ByteSlice>)(out, this.#nested);
        return;
      case 'bool':
        (format as Formatter<boolean>)(out, column.values[row] === 1);
        return;
      case 'i128':
        (format as Formatter<bigint>)(out, readI128(column.values, row));
        return;
      case 'i64':
        (format as Formatter<bigint>)(out, column.values[row]!);
        return;
      default:
        (format as Formatter<number>)(out, column.values[row]!);
    }
  }

  #roomFor(bytes: number): Uint8Array {
    if (this.#written.bytes.length < bytes) this.#written.bytes = new Uint8Array(bytes);
    return this.#written.bytes;
  }
}

const NOTHING: FieldTexts = {
  bytes: new Uint8Array(0),
  offsets: new Int32Array(0),
  lengths: new Int32Array(0),
  nulls: null,
};
const MAX_INT32_BYTES = 11;

function isInteger(type: SqlType): boolean {
  return type.kind === 'tinyint' || type.kind === 'smallint' || type.kind === 'int';
}

/** As CAST AS VARCHAR prints it, ARRAY and ROW as JSON, but TIMESTAMP without milliseconds unless they are asked for (Blink). */
function textFormatter(type: SqlType, table: TableDescriptor): Formatter {
  const zone = timeZone(table.options.optionalText('timeZone') ?? table.timeZone);
  if (type.kind === 'timestamp') {
    const digits = table.options.bool('reserveMilliSecond') ? 3 : 0;
    if (isFineTime(type)) {
      return (out: ByteSlice, value: bigint) => {
        out.length =
          digits === 0
            ? writeLocalTimestamp(out.reserve(MAX_TIMESTAMP_BYTES), 0, zone.toLocal(msOfFine(value)), 0)
            : writeFineTimestamp(out.reserve(MAX_TIMESTAMP_BYTES), 0, value, { zone, fractionDigits: type.precision });
      };
    }
    return (out: ByteSlice, value: number) => {
      out.length = writeLocalTimestamp(out.reserve(MAX_TIMESTAMP_BYTES), 0, zone.toLocal(value), digits);
    };
  }
  if (isNested(type)) {
    return (out: ByteSlice, value: ByteSlice) => {
      out.setString(jsonText(type, value, zone, table.compatibility));
    };
  }
  // Bytes are written as they are, never as hex digits.
  return valueFormatter(isBinary(type) ? { kind: 'varchar', length: undefined } : type, zone, table.compatibility);
}
