import { ByteSlice, encodeUtf8 } from '../../../columnar/byte-slice.ts';
import type { Batch } from '../../../columnar/batch.ts';
import type { Column } from '../../../columnar/column.ts';
import { msOfFine } from '../../../columnar/fine-time.ts';
import { readI128 } from '../../../columnar/i128.ts';
import type { TableDescriptor } from '../../../contracts/connector.ts';
import type { Schema } from '../../../types/schema.ts';
import { isBinary, isFineTime, isNested, type SqlType } from '../../../types/sql-type.ts';
import { MAX_TIMESTAMP_BYTES, writeFineTimestamp, writeLocalTimestamp } from '../../../values/format-temporal.ts';
import { valueFormatter, type Formatter } from '../../../values/format-value.ts';
import { jsonText } from '../../../values/nested/nested-json.ts';
import { timeZone } from '../../../values/zone.ts';
import type { LogGroupWriter } from '../../../wire/sls/encode-log-group.ts';

interface FieldWriter {
  readonly column: number;
  readonly key: Uint8Array;
  readonly format: Formatter;
}

/** Where the attributes of a log come from: column indexes, −1 = none. */
export interface Roles {
  readonly topic: number;
  readonly source: number;
  readonly time: number;
  readonly partition: number;
}

/** Writes rows as logs, straight from the columns: no object per row and no string per value. */
export class RowEncoder {
  readonly roles: Roles;
  readonly #fields: readonly FieldWriter[];
  readonly #formats: readonly Formatter[];
  readonly #writeNulls: boolean;
  readonly #text = new ByteSlice();
  readonly #nested = new ByteSlice();

  constructor(table: TableDescriptor, schema: Schema) {
    const { options } = table;
    const indexOf = (option: string): number => {
      const name = options.optionalText(option);
      return name === undefined ? -1 : schema.fields.findIndex((field) => field.name === name);
    };
    this.roles = {
      topic: indexOf('topic'),
      source: indexOf('source'),
      time: indexOf('timestampColumn'),
      partition: options.text('mode') === 'partition' ? indexOf('partitionColumn') : -1,
    };
    this.#writeNulls = options.bool('writeNullProperties');
    this.#formats = schema.fields.map(({ type }) => textFormatter(type, table));
    const attributes = new Set([this.roles.topic, this.roles.source, this.roles.time]);
    this.#fields = schema.fields.flatMap(({ name }, column) =>
      attributes.has(column) ? [] : [{ column, key: encodeUtf8(name), format: this.#formats[column]! }],
    );
  }

  /** Writes one log. @returns its bytes */
  write(batch: Batch, row: number, into: LogGroupWriter, nowSec: number): number {
    const { columns } = batch;
    into.beginLog(this.roles.time < 0 ? nowSec : timeOf(columns[this.roles.time]!, row, nowSec));
    const text = this.#text;
    for (const { column, key, format } of this.#fields) {
      const source = columns[column]!;
      if (source.nulls !== null && source.nulls[row] === 1) {
        if (this.#writeNulls) into.content(key, key, 0, 0);
        continue;
      }
      this.#load(source, row, format);
      into.content(key, text.bytes, text.offset, text.length);
    }
    return into.endLog();
  }

  /** The text of one value, valid until the next call; undefined for NULL. */
  textAt(batch: Batch, column: number, row: number): ByteSlice | undefined {
    const source = batch.columns[column]!;
    if (source.nulls !== null && source.nulls[row] === 1) return undefined;
    this.#load(source, row, this.#formats[column]!);
    return this.#text;
  }

  #load(column: Column, row: number, format: Formatter): void {
    const out = this.#text;
    switch (column.layout) {
      case 'bytes':
        if (isNested(column.type)) {
          this.#nested.view(column.bytes, column.offsets[row]!, column.lengths[row]!);
          (format as Formatter<ByteSlice>)(out, this.#nested);
          return;
        }
        out.view(column.bytes, column.offsets[row]!, column.lengths[row]!);
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

/** Epoch seconds of a log; NULL and what no log time can be fall back to now. */
function timeOf(column: Column, row: number, nowSec: number): number {
  if ((column.nulls !== null && column.nulls[row] === 1) || column.layout === 'bytes') return nowSec;
  const seconds = Number(column.values[row]);
  return seconds >= 0 && seconds <= 0xffffffff ? Math.floor(seconds) : nowSec;
}
