import { bytesEqual, encodeUtf8, ByteSlice } from '../../columnar/byte-slice.ts';
import { allocateValues, type FixedValues } from '../../columnar/column.ts';
import type { GrowingBytes } from '../../columnar/growing-bytes.ts';
import { readI128 } from '../../columnar/i128.ts';
import { RowShape } from '../../columnar/nested/row-codec.ts';
import { slotOf, writeU32, type Slot } from '../../columnar/nested/slot.ts';
import { layoutOf } from '../../types/layout.ts';
import { isString, type RowField, type SqlType } from '../../types/sql-type.ts';
import { columnParser } from '../column-parser.ts';
import { behindElement, memberValue, skipBlanks, skipString, skipValue } from '../json/json-scanner.ts';
import { jsonStringInto, jsonValueInto } from '../json/json-text.ts';
import type { Zone } from '../zone.ts';
import { jsonTree } from './json-tree.ts';
import { valueReader } from './nested-reader.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const NULL = 0x6e;

/** What became of a JSON text: `null` and what does not fit leave nothing behind. */
export type Decoded = 'value' | 'null' | 'misfit';

/** Decodes JSON texts of one type, straight from bytes to bytes. One instance per column. */
export class JsonDecoder {
  readonly #part: Part;

  constructor(type: SqlType, zone: Zone) {
    this.#part = partOf(type, zone);
  }

  /** Appends the value of the text to `out`. */
  decode(out: GrowingBytes, bytes: Uint8Array, offset: number, length: number): Decoded {
    const end = offset + length;
    const at = skipBlanks(bytes, offset, end);
    const behind = skipValue(bytes, at, end);
    if (behind < 0 || skipBlanks(bytes, behind, end) !== end) return 'misfit';
    if (bytes[at] === NULL) return 'null';
    const before = out.length;
    top = 0;
    if (this.#part.append(out, bytes, at, behind)) return 'value';
    out.length = before;
    return 'misfit';
  }
}

/** How values inside are written; all places are in checked JSON. False: the value does not fit. */
interface Part {
  /** Undefined for what has no fixed width. */
  readonly slot: Slot | undefined;
  /** Appends a value without fixed width that is not null. */
  append(out: GrowingBytes, bytes: Uint8Array, at: number, end: number): boolean;
  /** Writes a value of fixed width to a place that is reserved. */
  put(out: GrowingBytes, place: number, bytes: Uint8Array, at: number, end: number): boolean;
}

/** Where the elements of the lists being decoded lie, the innermost list last. */
let places = new Int32Array(256);
let top = 0;

function note(a: number, b: number): void {
  if (top + 2 > places.length) {
    const larger = new Int32Array(places.length * 2);
    larger.set(places);
    places = larger;
  }
  places[top++] = a;
  places[top++] = b;
}

function partOf(type: SqlType, zone: Zone): Part {
  switch (type.kind) {
    case 'array':
      return appending(arrayPart(partOf(type.element, zone)));
    case 'row':
      return appending(rowPart(type.fields, zone));
    case 'map':
      return appending(
        isString(type.key) ? mapPart(partOf(type.value, zone), slowPart(type, zone)) : slowPart(type, zone),
      );
    case 'char':
    case 'varchar':
      return appending(appendText);
    default:
      return layoutOf(type) === 'bytes' ? appending(slowPart(type, zone)) : fixedPart(type, zone);
  }
}

type Append = Part['append'];

function appending(append: Append): Part {
  return { slot: undefined, append, put: () => false };
}

/** By way of JavaScript values, for what is rare. */
function slowPart(type: SqlType, zone: Zone): Append {
  const read = valueReader(type, zone);
  return (out, bytes, at, end) => {
    const value = read(jsonTree(bytes, at, end - at));
    if (!(value instanceof ByteSlice)) return false;
    out.append(value.bytes, value.offset, value.length);
    return true;
  };
}

const text = new ByteSlice();

function appendText(out: GrowingBytes, bytes: Uint8Array, at: number, end: number): boolean {
  jsonValueInto(text, bytes, at, end);
  out.append(text.bytes, text.offset, text.length);
  return true;
}

function fixedPart(type: SqlType, zone: Zone): Part {
  const slot = slotOf(type);
  const { layout } = slot;
  if (layout === 'bytes' || type.kind === 'null') return appending(() => false);
  const parse = columnParser(type, zone);
  const values: FixedValues = allocateValues(layout, 1);
  return {
    slot,
    append: () => false,
    put: (out, place, bytes, at, end) => {
      const first = bytes[at];
      let fits: boolean;
      if (first === QUOTE) {
        jsonStringInto(text, bytes, at + 1, end - 1);
        fits = parse(text.bytes, text.offset, text.length, values, 0);
      } else {
        fits = first !== OPEN_BRACE && first !== OPEN_BRACKET && parse(bytes, at, end - at, values, 0);
      }
      if (!fits) return false;
      const value = layout === 'i128' ? readI128(values as BigInt64Array, 0) : values[0]!;
      slot.write(out.bytes, place, layout === 'bool' ? value === 1 : value);
      return true;
    },
  };
}

/** Notes where the elements of the array at `at` begin and end; how many they are. */
function noteElements(bytes: Uint8Array, at: number, end: number): number {
  let place = skipBlanks(bytes, at + 1, end);
  if (bytes[place] === 0x5d) return 0;
  for (let count = 1; ; count++) {
    const behind = skipValue(bytes, place, end);
    note(place, behind);
    const next = behindElement(bytes, behind, end, 0x5d);
    if (bytes[next - 1] === 0x5d) return count;
    place = skipBlanks(bytes, next, end);
  }
}

function arrayPart(element: Part): Append {
  return (out, bytes, at, end) => {
    if (bytes[at] !== OPEN_BRACKET) return false;
    const noted = top;
    const count = noteElements(bytes, at, end);
    const fits = writeList(out, bytes, element, { noted, step: 2, count });
    top = noted;
    return fits;
  };
}

/** Writes noted values as a list: see columnar/nested/array-codec.ts. */
function writeList(
  out: GrowingBytes,
  bytes: Uint8Array,
  part: Part,
  list: { readonly noted: number; readonly step: number; readonly count: number },
): boolean {
  const { noted, step, count } = list;
  const width = part.slot?.width ?? 0;
  const head = 4 + ((count + 7) >> 3);
  const base = out.reserve(head + count * (width === 0 ? 4 : width));
  writeU32(out.bytes, base, count);
  const data = out.length;
  for (let i = 0; i < count; i++) {
    const at = places[noted + i * step]!;
    const end = places[noted + i * step + 1]!;
    if (bytes[at] === NULL) out.bytes[base + 4 + (i >> 3)]! |= 1 << (i & 7);
    else if (width > 0) {
      if (!part.put(out, base + head + i * width, bytes, at, end)) return false;
    } else if (!part.append(out, bytes, at, end)) return false;
    if (width === 0) writeU32(out.bytes, base + head + 4 * i, out.length - data);
  }
  return true;
}

function rowPart(fields: readonly RowField[], zone: Zone): Append {
  const shape = new RowShape(fields.map((one) => one.type));
  const parts = fields.map((one) => partOf(one.type, zone));
  const names = fields.map((one) => encodeUtf8(one.name));
  const noteFields = fieldNotes(fields, names);
  return (out, bytes, at, end) => {
    const noted = top;
    const isRow =
      bytes[at] === OPEN_BRACE
        ? noteFields(bytes, at, end)
        : bytes[at] === OPEN_BRACKET && noteElements(bytes, at, end) === fields.length;
    const fits = isRow && writeFields(out, bytes, shape, { parts, noted });
    top = noted;
    return fits;
  };
}

function writeFields(
  out: GrowingBytes,
  bytes: Uint8Array,
  shape: RowShape,
  row: { readonly parts: readonly Part[]; readonly noted: number },
): boolean {
  const { parts, noted } = row;
  const base = out.reserve(shape.data);
  const data = out.length;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    const at = places[noted + 2 * i]!;
    const end = places[noted + 2 * i + 1]!;
    const place = base + shape.places[i]!;
    if (at < 0 || bytes[at] === NULL) out.bytes[base + (i >> 3)]! |= 1 << (i & 7);
    else if (part.slot !== undefined) {
      if (!part.put(out, place, bytes, at, end)) return false;
    } else if (!part.append(out, bytes, at, end)) return false;
    if (part.slot === undefined) writeU32(out.bytes, place, out.length - data);
  }
  return true;
}

/** Notes where the fields of an object lie, −1 for absent ones. A name as it is written wins over one in another case. */
function fieldNotes(
  fields: readonly RowField[],
  names: readonly Uint8Array[],
): (bytes: Uint8Array, at: number, end: number) => boolean {
  const lower = fields.map((one) => one.name.toLowerCase());
  const isExact = new Uint8Array(fields.length);
  return (bytes, at, end) => {
    const noted = top;
    for (let i = 0; i < fields.length; i++) note(-1, -1);
    isExact.fill(0);
    let next = 0;
    eachMember(bytes, at, end, (name, nameEnd, value, behind) => {
      // Members mostly come in the order of the fields.
      let field = sameBytes(names[next], bytes, name, nameEnd) ? next : -1;
      if (field < 0) field = names.findIndex((one) => sameBytes(one, bytes, name, nameEnd));
      const exact = field >= 0;
      if (!exact) {
        jsonStringInto(text, bytes, name, nameEnd);
        const written = text.toString();
        field = fields.findIndex((one) => one.name === written);
        if (field < 0) field = lower.indexOf(written.toLowerCase());
        if (field < 0 || isExact[field] === 1) return;
      } else {
        isExact[field] = 1;
        next = field + 1;
      }
      places[noted + 2 * field] = value;
      places[noted + 2 * field + 1] = behind;
    });
    return true;
  };
}

/** Calls `visit` with the places of each member: its name without quotes, its value. */
function eachMember(
  bytes: Uint8Array,
  at: number,
  end: number,
  visit: (name: number, nameEnd: number, value: number, behind: number) => void,
): void {
  let place = skipBlanks(bytes, at + 1, end);
  while (bytes[place] === QUOTE) {
    const value = memberValue(bytes, place, end);
    const behind = skipValue(bytes, value, end);
    visit(place + 1, skipString(bytes, place, end) - 1, value, behind);
    const next = behindElement(bytes, behind, end, 0x7d);
    if (bytes[next - 1] === 0x7d) return;
    place = skipBlanks(bytes, next, end);
  }
}

function sameBytes(name: Uint8Array | undefined, bytes: Uint8Array, at: number, end: number): boolean {
  return name !== undefined && bytesEqual(name, 0, name.length, bytes, at, end - at);
}

/** Keys of text from the names of an object: four places an entry. Escapes in names and other forms go the slow way. */
function mapPart(value: Part, slow: Append): Append {
  return (out, bytes, at, end) => {
    if (bytes[at] !== OPEN_BRACE) return slow(out, bytes, at, end);
    const noted = top;
    let count = 0;
    let plain = true;
    eachMember(bytes, at, end, (name, nameEnd, from, behind) => {
      for (let i = name; i < nameEnd; i++) if (bytes[i] === BACKSLASH) plain = false;
      let entry = noted;
      while (entry < top && !sameRange(bytes, places[entry]!, places[entry + 1]!, name, nameEnd)) entry += 4;
      if (entry === top) {
        note(name, nameEnd);
        note(from, behind);
        count++;
      } else {
        places[entry + 2] = from;
        places[entry + 3] = behind;
      }
    });
    let fits: boolean;
    if (plain) {
      writeKeys(out, bytes, noted, count);
      fits = writeList(out, bytes, value, { noted: noted + 2, step: 4, count });
    } else {
      fits = slow(out, bytes, at, end);
    }
    top = noted;
    return fits;
  };
}

/** As `writeList`, of the names noted: one that begins with n is no null. */
function writeKeys(out: GrowingBytes, bytes: Uint8Array, noted: number, count: number): void {
  const head = 4 + ((count + 7) >> 3);
  const base = out.reserve(head + 4 * count);
  writeU32(out.bytes, base, count);
  const data = out.length;
  for (let i = 0; i < count; i++) {
    const at = places[noted + 4 * i]!;
    out.append(bytes, at, places[noted + 4 * i + 1]! - at);
    writeU32(out.bytes, base + head + 4 * i, out.length - data);
  }
}

function sameRange(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  return bytesEqual(bytes, a, aEnd - a, bytes, b, bEnd - b);
}
