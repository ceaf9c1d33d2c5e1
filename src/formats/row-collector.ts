import { decodeUtf8 } from '../columnar/byte-slice.ts';
import { allocateValues, bytesColumn, fixedColumn, type Column, type FixedValues } from '../columnar/column.ts';
import { GrowingBytes } from '../columnar/growing-bytes.ts';
import type { TableColumn } from '../contracts/connector.ts';
import type { DecodedRows } from '../contracts/format.ts';
import type { RowErrors } from '../contracts/row-errors.ts';
import { layoutOf } from '../types/layout.ts';
import { isNested, typeName } from '../types/sql-type.ts';
import { columnParser } from '../values/column-parser.ts';
import { JsonDecoder } from '../values/nested/json-decoder.ts';
import { timeZone } from '../values/zone.ts';

type Parse = (bytes: Uint8Array, offset: number, length: number, values: FixedValues, row: number) => boolean;

/** One wanted column while it is being filled. */
interface Cell {
  readonly column: TableColumn;
  readonly parse: Parse | undefined;
  /** ARRAY, MAP, ROW: what JSON text is as a value. */
  readonly json: JsonDecoder | undefined;
  /** The values so read. */
  decoded: GrowingBytes;
  values: FixedValues;
  offsets: Int32Array;
  lengths: Int32Array;
  nulls: Uint8Array;
  hasNull: boolean;
}

/**
 * Fills the wanted columns row by row: `begin`, `set` per field, `end`. Fields that are not set are NULL. All bytes of
 * one batch lie in one buffer, so `useBuffer` cuts the batch where the buffer changes.
 */
export class RowCollector {
  readonly #cells: readonly Cell[];
  readonly #errors: RowErrors;
  readonly #capacity: number;
  readonly #finished: DecodedRows[] = [];
  #lines: Int32Array;
  #row = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #skip = false;

  constructor(wanted: readonly TableColumn[], zoneName: string, errors: RowErrors, capacity: number) {
    const zone = timeZone(zoneName);
    this.#errors = errors;
    this.#capacity = capacity;
    this.#lines = new Int32Array(capacity);
    this.#cells = wanted.map((column) => ({
      column,
      parse: layoutOf(column.type) === 'bytes' ? undefined : columnParser(column.type, zone),
      json: isNested(column.type) ? new JsonDecoder(column.type, zone) : undefined,
      ...emptyArrays(column, capacity),
    }));
  }

  useBuffer(bytes: Uint8Array): void {
    if (bytes === this.#bytes) return;
    this.#cut();
    this.#bytes = bytes;
  }

  begin(line: number): void {
    const row = this.#row;
    this.#lines[row] = line;
    this.#skip = false;
    for (const cell of this.#cells) cell.nulls[row] = 1;
  }

  /** Sets wanted column `slot` to the text at this range of the current buffer. Blank text of a number is NULL. */
  set(slot: number, offset: number, length: number): void {
    const cell = this.#cells[slot]!;
    const row = this.#row;
    if (cell.json !== undefined) {
      const { decoded } = cell;
      cell.offsets[row] = decoded.length;
      const outcome = cell.json.decode(decoded, this.#bytes, offset, length);
      cell.lengths[row] = decoded.length - cell.offsets[row];
      cell.nulls[row] = outcome === 'value' ? 0 : 1;
      if (outcome === 'misfit') this.#bad(cell, offset, length);
    } else if (cell.parse === undefined) {
      cell.offsets[row] = offset;
      cell.lengths[row] = length;
      cell.nulls[row] = 0;
    } else if (cell.parse(this.#bytes, offset, length, cell.values, row)) {
      cell.nulls[row] = 0;
    } else {
      this.#bad(cell, offset, length);
    }
  }

  /** The whole record is unusable: counted, then a row of NULLs, no row or a failure, as the policy says. */
  reject(line: number, text: string): void {
    for (const cell of this.#cells) cell.nulls[this.#row] = 1;
    this.#errors.report(`line ${line}`, text);
    this.#skip = this.#errors.policy === 'skip';
  }

  end(): void {
    if (this.#skip) return;
    const row = this.#row++;
    for (const cell of this.#cells) {
      if (cell.nulls[row] === 1) {
        cell.hasNull = true;
        cell.offsets[row] = 0;
        cell.lengths[row] = 0;
      }
    }
    if (this.#row === this.#capacity) this.#cut();
  }

  /** The batches since the last call, the last one cut at this row. */
  take(): readonly DecodedRows[] {
    this.#cut();
    return this.#finished.splice(0);
  }

  #bad(cell: Cell, offset: number, length: number): void {
    const text = decodeUtf8(this.#bytes, offset, length);
    this.#errors.report(
      `column "${cell.column.name}" (${typeName(cell.column.type)}) in line ${this.#lines[this.#row]!}`,
      text,
    );
    if (this.#errors.policy === 'skip') this.#skip = true;
  }

  #cut(): void {
    const rowCount = this.#row;
    if (rowCount === 0) return;
    const columns = this.#cells.map((cell): Column => {
      const nulls = cell.hasNull ? cell.nulls : null;
      const bytes = cell.json === undefined ? this.#bytes : cell.decoded.bytes;
      const column =
        cell.parse === undefined
          ? bytesColumn(cell.column.type, { bytes, offsets: cell.offsets, lengths: cell.lengths }, rowCount, nulls)
          : fixedColumn(cell.column.type, cell.values, rowCount, nulls);
      Object.assign(cell, emptyArrays(cell.column, this.#capacity));
      return column;
    });
    this.#finished.push({ columns, rowCount, lines: this.#lines.subarray(0, rowCount) });
    this.#lines = new Int32Array(this.#capacity);
    this.#row = 0;
  }
}

function emptyArrays(column: TableColumn, capacity: number): Omit<Cell, 'column' | 'parse' | 'json'> {
  const layout = layoutOf(column.type);
  const bytes = layout === 'bytes';
  return {
    values: layout === 'bytes' ? new Uint8Array(0) : allocateValues(layout, capacity),
    offsets: new Int32Array(bytes ? capacity : 0),
    lengths: new Int32Array(bytes ? capacity : 0),
    nulls: new Uint8Array(capacity),
    hasNull: false,
    decoded: new GrowingBytes(isNested(column.type) ? capacity * 16 : 0),
  };
}
