import { bytesEqual, decodeUtf8, encodeUtf8, ByteSlice } from '../../columnar/byte-slice.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { DecodeContext, Decoder, EncodeContext, Encoder } from '../../contracts/format.ts';
import { isApproximate, isNested, isNumeric, isString } from '../../types/sql-type.ts';
import { LineDecoder } from '../line-decoder.ts';
import type { RowCollector } from '../row-collector.ts';
import { TextEncoderRows } from '../text-rows.ts';
import { skipBlanks, stringEnd, unescapeInPlace, valueEnd } from './json-scan.ts';

const QUOTE = 0x22;
const NOT_WANTED = -1;

/**
 * `jsonl`: one JSON object a line, fields by name at the top level; absent or null is NULL, of a repeated name the last
 * wins. A VARCHAR column takes numbers, booleans, objects and arrays as their text; ARRAY takes a JSON array, MAP and ROW
 * an object. A line that is no object follows `onError`.
 */
export function decoder(context: DecodeContext): Decoder {
  const keys = new KeyMatcher(context.wanted.map((column) => column.name));
  return new LineDecoder(
    context,
    (rows, bytes, start, end, line) => {
      // Strings before the mistake are already unescaped in place: the sample shows them so.
      if (!decodeObject(rows, keys, bytes, start, end)) rows.reject(line, decodeUtf8(bytes, start, end - start));
    },
    false,
  );
}

function decodeObject(rows: RowCollector, keys: KeyMatcher, bytes: Uint8Array, start: number, end: number): boolean {
  let at = skipBlanks(bytes, start, end);
  if (bytes[at] !== 0x7b || at >= end) return false;
  at = skipBlanks(bytes, at + 1, end);
  if (at < end && bytes[at] === 0x7d) return skipBlanks(bytes, at + 1, end) === end;
  keys.restart();
  for (;;) {
    if (at >= end || bytes[at] !== QUOTE) return false;
    const keyStart = at + 1;
    const keyEnd = stringEnd(bytes, keyStart, end);
    if (keyEnd < 0) return false;
    const slot = keys.slot(bytes, keyStart, keyEnd - keyStart);
    at = skipBlanks(bytes, keyEnd + 1, end);
    if (at >= end || bytes[at] !== 0x3a) return false;
    at = skipBlanks(bytes, at + 1, end);
    const to = at < end ? valueEnd(bytes, at, end) : -1;
    if (to < 0) return false;
    if (slot !== NOT_WANTED && !setValue(rows, slot, bytes, at, to)) return false;
    at = skipBlanks(bytes, to, end);
    if (at >= end) return false;
    if (bytes[at] === 0x7d) return skipBlanks(bytes, at + 1, end) === end;
    if (bytes[at] !== 0x2c) return false;
    at = skipBlanks(bytes, at + 1, end);
  }
}

function setValue(rows: RowCollector, slot: number, bytes: Uint8Array, at: number, to: number): boolean {
  const first = bytes[at];
  if (first === QUOTE) {
    const close = unescapeInPlace(bytes, at + 1, to - 1);
    if (close < 0) return false;
    rows.set(slot, at + 1, close - at - 1);
  } else if (first === 0x6e) {
    return to - at === 4; // null: the field stays NULL
  } else {
    rows.set(slot, at, to - at);
  }
  return true;
}

/** Finds wanted columns by key bytes. Keys come in the same order line after line: the next one is tried first. */
class KeyMatcher {
  readonly #names: readonly Uint8Array[];
  readonly #order: number[] = [];
  #position = 0;

  constructor(names: readonly string[]) {
    this.#names = names.map(encodeUtf8);
  }

  restart(): void {
    this.#position = 0;
  }

  slot(bytes: Uint8Array, start: number, length: number): number {
    const position = this.#position++;
    const guess = this.#order[position];
    if (guess !== undefined && guess !== NOT_WANTED && this.#is(guess, bytes, start, length)) return guess;
    const found = this.#names.findIndex((_, slot) => this.#is(slot, bytes, start, length));
    this.#order[position] = found;
    return found;
  }

  #is(slot: number, bytes: Uint8Array, start: number, length: number): boolean {
    const name = this.#names[slot]!;
    return bytesEqual(name, 0, name.length, bytes, start, length);
  }
}

/** Numbers with all their digits, NaN and infinities as strings, times as SQL text, NULL as null. */
export function encoder(context: EncodeContext): Encoder {
  const fields = context.schema.fields.map((f, i) => ({
    head: `${i === 0 ? '{' : ','}${JSON.stringify(f.name)}:`,
    type: f.type,
  }));
  return new TextEncoderRows(context, {
    header: '',
    row: (out, cells) => {
      for (let i = 0; i < cells.length; i++) {
        const { head, type } = fields[i]!;
        const cell = cells[i]!;
        out.text(head);
        if (cell.isNull) {
          out.text('null');
        } else if (isString(type)) {
          out.text(JSON.stringify(out.asString(cell)));
        } else if (isNested(type)) {
          out.text(out.asString(cell));
        } else if (type.kind === 'boolean' || (isNumeric(type) && !isApproximate(type))) {
          out.text(out.asString(cell).toLowerCase());
        } else if (isApproximate(type)) {
          const value = Number(valueAt(cell.column, cell.row));
          out.text(Number.isFinite(value) ? String(value) : JSON.stringify(String(value)));
        } else {
          const value = valueAt(cell.column, cell.row);
          const binary = value instanceof ByteSlice;
          out.text(JSON.stringify(binary ? Buffer.from(value.toBytes()).toString('base64') : out.asString(cell)));
        }
      }
      out.text(cells.length === 0 ? '{}' : '}');
    },
  });
}
