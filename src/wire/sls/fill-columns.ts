import { encodeUtf8 } from '../../columnar/byte-slice.ts';
import { Batch } from '../../columnar/batch.ts';
import { allocateValues, bytesColumn, fixedColumn, type Column, type FixedValues } from '../../columnar/column.ts';
import { GrowingBytes } from '../../columnar/growing-bytes.ts';
import type { Scratch } from '../../columnar/scratch.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { layoutOf, type Layout } from '../../types/layout.ts';
import { isNested, type SqlType } from '../../types/sql-type.ts';
import { columnParser, type FieldParser } from '../../values/column-parser.ts';
import { JsonDecoder } from '../../values/nested/json-decoder.ts';
import { timeZone } from '../../values/zone.ts';
import type { InvalidField, LogGroupDecoderSettings, RowChunk } from './decoder-settings.ts';
import { applyRowTest } from './row-filter.ts';

/** Where the values of a column lie; `rows`: only these are wanted. */
interface NotedPlaces {
  readonly body: Uint8Array;
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
  readonly rows: Int32Array | null;
}

/** Turns the places that a scan noted into columns: filter columns first, then the rest for the rows that are left. */
export class ColumnFiller {
  readonly #settings: LogGroupDecoderSettings;
  /** Undefined for columns of bytes. */
  readonly #parsers: readonly (FieldParser | undefined)[];
  /** For ARRAY and ROW columns, which SLS holds as JSON text. */
  readonly #nested: readonly (JsonDecoder | undefined)[];
  readonly #filterColumns: ReadonlySet<number>;
  readonly #alwaysValid: ReadonlySet<number>;
  /** Rows that `onInvalid` skipped, of the chunk at hand. */
  #skipped: Uint8Array | null = null;
  #scratch: Scratch | undefined;

  constructor(settings: LogGroupDecoderSettings) {
    this.#settings = settings;
    const zone = timeZone(settings.timeZone);
    this.#parsers = settings.schema.fields.map(({ type }) =>
      layoutOf(type) === 'bytes' ? undefined : columnParser(type, zone),
    );
    this.#nested = settings.schema.fields.map(({ type }) => (isNested(type) ? new JsonDecoder(type, zone) : undefined));
    this.#filterColumns = new Set(settings.filter?.map((test) => test.column));
    this.#alwaysValid = new Set(settings.alwaysValid);
  }

  fill(body: Uint8Array, chunk: RowChunk, scratch?: Scratch): Batch {
    this.#scratch = scratch;
    const { schema, filter = [] } = this.#settings;
    this.#skipped = null;
    const columns = new Array<Column>(schema.fields.length);
    for (const column of this.#filterColumns) columns[column] = this.#column(body, chunk, column, null);
    const selection = filter.length === 0 ? null : this.#select(columns, chunk.rowCount);
    for (let column = 0; column < columns.length; column++) {
      if (this.#filterColumns.has(column)) continue;
      const rows = this.#alwaysValid.has(column) ? null : selection;
      columns[column] = this.#column(body, chunk, column, rows);
    }
    return new Batch(schema, columns, chunk.rowCount, this.#withoutSkipped(selection, chunk.rowCount));
  }

  #select(columns: readonly Column[], rowCount: number): Int32Array | null {
    const rows = ascending(rowCount);
    let count = rowCount;
    for (const test of this.#settings.filter ?? []) count = applyRowTest(test, columns[test.column]!, rows, count);
    return count === rowCount ? null : rows.slice(0, count);
  }

  #withoutSkipped(selection: Int32Array | null, rowCount: number): Int32Array | null {
    const skipped = this.#skipped;
    if (skipped === null) return selection;
    return (selection ?? ascending(rowCount)).filter((row) => skipped[row] === 0);
  }

  #column(body: Uint8Array, chunk: RowChunk, column: number, rows: Int32Array | null): Column {
    const origin = this.#settings.origins[column]!;
    const { kind } = origin;
    if (kind === 'constant') return this.#constantColumn(column, encodeUtf8(origin.text), chunk.rowCount);
    const base = 2 * column * chunk.capacity;
    const offsets = chunk.slots.subarray(base, base + chunk.rowCount);
    const lengths = chunk.slots.subarray(base + chunk.capacity, base + chunk.capacity + chunk.rowCount);
    if (kind === 'time' || kind === 'time-ns') return this.#numberColumn(column, offsets, rows);
    const { type } = this.#settings.schema.fields[column]!;
    const nested = this.#nested[column];
    if (nested !== undefined) return this.#nestedColumn(column, nested, { body, offsets, lengths, rows });
    const parser = this.#parsers[column];
    if (parser === undefined) {
      return bytesColumn(type, { bytes: body, offsets, lengths }, chunk.rowCount, absentRows(offsets, lengths));
    }
    return this.#parsedColumn(column, parser, { body, offsets, lengths, rows });
  }

  #nestedColumn(column: number, decoder: JsonDecoder, places: NotedPlaces): Column {
    const { body, offsets, lengths, rows } = places;
    const rowCount = offsets.length;
    const decoded = new GrowingBytes(rowCount * 16);
    const starts = new Int32Array(rowCount);
    const sizes = new Int32Array(rowCount);
    let nulls: Uint8Array | null = null;
    const count = rows === null ? rowCount : rows.length;
    for (let k = 0; k < count; k++) {
      const row = rows === null ? k : rows[k]!;
      const offset = offsets[row]!;
      const start = decoded.length;
      const outcome = offset < 0 ? 'null' : decoder.decode(decoded, body, offset, lengths[row]!);
      starts[row] = start;
      sizes[row] = decoded.length - start;
      if (outcome === 'value') continue;
      nulls ??= new Uint8Array(rowCount);
      nulls[row] = 1;
      if (outcome === 'misfit') this.#invalid({ column, bytes: body, offset, length: lengths[row]! }, row, rowCount);
    }
    const { type } = this.#settings.schema.fields[column]!;
    return bytesColumn(type, { bytes: decoded.bytes, offsets: starts, lengths: sizes }, rowCount, nulls);
  }

  #parsedColumn(column: number, parser: FieldParser, places: NotedPlaces): Column {
    const { type } = this.#settings.schema.fields[column]!;
    const { body, offsets, lengths, rows } = places;
    const rowCount = offsets.length;
    const values = this.#allocate(fixedLayoutOf(type), rowCount);
    const origin = this.#settings.origins[column]!.kind;
    // A value of the group is parsed once and copied; an i128 is two words a row and parsed again.
    const perGroup = origin !== 'content' && layoutOf(type) !== 'i128';
    let nulls: Uint8Array | null = null;
    let before = -1;
    const count = rows === null ? rowCount : rows.length;
    for (let k = 0; k < count; k++) {
      const row = rows === null ? k : rows[k]!;
      const offset = offsets[row]!;
      if (offset < 0) {
        nulls ??= new Uint8Array(rowCount);
        nulls[row] = 1;
      } else if (perGroup && before >= 0 && offsets[before] === offset && (nulls === null || nulls[before] === 0)) {
        copyRow(values, before, row);
      } else if (!parser(body, offset, lengths[row]!, values, row)) {
        nulls ??= new Uint8Array(rowCount);
        nulls[row] = 1;
        this.#invalid({ column, bytes: body, offset, length: lengths[row]! }, row, rowCount);
      }
      before = row;
    }
    return fixedColumn(type, values, rowCount, nulls);
  }

  #constantColumn(column: number, text: Uint8Array, rowCount: number): Column {
    const { type } = this.#settings.schema.fields[column]!;
    const offsets = new Int32Array(rowCount);
    const lengths = new Int32Array(rowCount).fill(text.length);
    const parser = this.#parsers[column];
    const nested = this.#nested[column];
    if (nested !== undefined) return this.#nestedColumn(column, nested, { body: text, offsets, lengths, rows: null });
    if (parser === undefined) return bytesColumn(type, { bytes: text, offsets, lengths }, rowCount, null);
    return this.#parsedColumn(column, parser, { body: text, offsets, lengths, rows: null });
  }

  /** Time and Time_ns: unsigned 32-bit numbers in `numbers`, −1 = absent. */
  #numberColumn(column: number, numbers: Int32Array, rows: Int32Array | null): Column {
    const { type } = this.#settings.schema.fields[column]!;
    const rowCount = numbers.length;
    let nulls: Uint8Array | null = null;
    for (let row = 0; row < rowCount; row++) {
      if (numbers[row] === -1) (nulls ??= new Uint8Array(rowCount))[row] = 1;
    }
    const layout = layoutOf(type);
    if (type.kind === 'bigint') {
      const values = this.#allocate('i64', rowCount);
      const words = new Int32Array(values.buffer, values.byteOffset, 2 * rowCount);
      // Little endian: the low word is the number, the high one stays 0.
      for (let row = 0; row < rowCount; row++) words[2 * row] = numbers[row]!;
      return fixedColumn(type, values, rowCount, nulls);
    }
    if (layout === 'f64' && type.kind === 'double') {
      const values = new Float64Array(rowCount);
      for (let row = 0; row < rowCount; row++) values[row] = numbers[row]! >>> 0;
      return fixedColumn(type, values, rowCount, nulls);
    }
    // Every other type reads the decimal text of the number.
    const text = decimalTexts(numbers);
    if (nulls !== null) {
      for (let row = 0; row < rowCount; row++) if (nulls[row] === 1) text.offsets[row] = -1;
    }
    const parser = this.#parsers[column];
    if (parser === undefined) {
      return bytesColumn(type, text, rowCount, absentRows(text.offsets, text.lengths));
    }
    return this.#parsedColumn(column, parser, { ...text, body: text.bytes, rows });
  }

  #allocate(layout: Exclude<Layout, 'bytes'>, length: number): FixedValues {
    return this.#scratch?.values(layout, length) ?? allocateValues(layout, length);
  }

  #invalid(field: InvalidField, row: number, rowCount: number): void {
    if ((this.#settings.onInvalid?.(field) ?? 'null') === 'null') return;
    this.#skipped ??= new Uint8Array(rowCount);
    this.#skipped[row] = 1;
  }
}

function fixedLayoutOf(type: SqlType): Exclude<Layout, 'bytes'> {
  const layout = layoutOf(type);
  if (layout === 'bytes') throw new InternalError(`type ${type.kind} is not parsed`);
  return layout;
}

/** The NULL map of noted places (−1 = absent), whose absent rows become empty views; null where all are present. */
function absentRows(offsets: Int32Array, lengths: Int32Array): Uint8Array | null {
  let nulls: Uint8Array | null = null;
  for (let row = 0; row < offsets.length; row++) {
    if (offsets[row]! >= 0) continue;
    nulls ??= new Uint8Array(offsets.length);
    nulls[row] = 1;
    offsets[row] = 0;
    lengths[row] = 0;
  }
  return nulls;
}

/** Decimal texts of unsigned 32-bit numbers, ten bytes apart. */
function decimalTexts(numbers: Int32Array): { bytes: Uint8Array; offsets: Int32Array; lengths: Int32Array } {
  const width = 10;
  const bytes = new Uint8Array(numbers.length * width);
  const offsets = new Int32Array(numbers.length);
  const lengths = new Int32Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) {
    let rest = numbers[row]! >>> 0;
    const end = (row + 1) * width;
    let at = end;
    do {
      const tens = Math.floor(rest / 10);
      bytes[--at] = 0x30 + (rest - tens * 10);
      rest = tens;
    } while (rest > 0);
    offsets[row] = at;
    lengths[row] = end - at;
  }
  return { bytes, offsets, lengths };
}

function copyRow(values: FixedValues, from: number, to: number): void {
  const wide = values as unknown as { [index: number]: number };
  wide[to] = wide[from]!;
}

function ascending(count: number): Int32Array {
  const rows = new Int32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  return rows;
}
