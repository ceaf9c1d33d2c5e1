import { decodeUtf8 } from '../../columnar/byte-slice.ts';
import type { DecodeContext, Decoder, EncodeContext, Encoder } from '../../contracts/format.ts';
import { slotsByPosition } from '../positions.ts';
import { RecordDecoder } from '../record-decoder.ts';
import { TextEncoderRows } from '../text-rows.ts';

const NEWLINE = 0x0a;
const QUOTE = 0x22;

/**
 * `csv` with RFC 4180 quoting: a quoted field may hold separators, line ends and doubled quotes. With header = 'true'
 * the first record names the fields and columns are matched by name (exact, else without case), absent ones NULL;
 * otherwise by position. An unquoted empty field is NULL for every type but VARCHAR, where it is ''.
 */
export function decoder(context: DecodeContext): Decoder {
  return new CsvDecoder(context);
}

class CsvDecoder extends RecordDecoder {
  readonly #context: DecodeContext;
  readonly #separator: number;
  #slots: Int32Array | null;

  constructor(context: DecodeContext) {
    super(context);
    this.#context = context;
    this.#separator = context.options.text('fieldDelimiter').charCodeAt(0);
    this.#slots = context.options.bool('header') ? null : slotsByPosition(context);
    if (context.resume !== undefined && this.#slots === null) {
      this.#readHeader(context.resume.firstLine, 0, context.resume.firstLine.length);
    }
  }

  protected recordEnd(bytes: Uint8Array, start: number): number {
    return endOutsideQuotes(bytes, start);
  }

  protected record(bytes: Uint8Array, start: number, end: number): void {
    const line = this.line + 1;
    for (let i = start; i < end; i++) if (bytes[i] === NEWLINE) this.line++;
    this.line++;
    if (end === start) return;
    if (this.#slots === null) {
      this.#readHeader(bytes, start, end);
      return;
    }
    this.rows.begin(line);
    this.#fields(bytes, start, end, this.#slots, line);
    this.rows.end();
  }

  #fields(bytes: Uint8Array, start: number, end: number, slots: Int32Array, line: number): void {
    let at = start;
    for (let position = 0; position < slots.length; position++) {
      const slot = slots[position]!;
      let from = at;
      let to: number;
      const quoted = at < end && bytes[at] === QUOTE;
      if (quoted) {
        from = at + 1;
        const close = closingQuote(bytes, from, end);
        if (close < 0) {
          this.rows.reject(line, decodeUtf8(bytes, start, end - start));
          return;
        }
        to = slot >= 0 ? undouble(bytes, from, close) : close;
        at = close + 1;
        if (at < end && bytes[at] !== this.#separator) {
          this.rows.reject(line, decodeUtf8(bytes, start, end - start));
          return;
        }
      } else {
        const separator = bytes.indexOf(this.#separator, at);
        to = separator < 0 || separator > end ? end : separator;
        at = to;
      }
      if (slot >= 0 && (quoted || to > from || this.#isText(slot))) this.rows.set(slot, from, to - from);
      if (at >= end) return;
      at++;
    }
  }

  #isText(slot: number): boolean {
    const kind = this.#context.wanted[slot]!.type.kind;
    return kind === 'varchar' || kind === 'char';
  }

  #readHeader(bytes: Uint8Array, start: number, end: number): void {
    const names: string[] = [];
    let at = start;
    if (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) at += 3;
    while (at <= end) {
      const quoted = bytes[at] === QUOTE;
      const from = quoted ? at + 1 : at;
      const close = quoted ? closingQuote(bytes, from, end) : bytes.indexOf(this.#separator, at);
      const to = close < 0 || close > end ? end : close;
      names.push(decodeUtf8(bytes, from, to - from).replaceAll('""', '"'));
      at = (quoted ? to + 1 : to) + 1;
    }
    const slots = new Int32Array(names.length).fill(-1);
    this.#context.wanted.forEach((column, slot) => {
      let position = names.indexOf(column.name);
      if (position < 0) position = names.findIndex((name) => name.toLowerCase() === column.name.toLowerCase());
      if (position >= 0) slots[position] = slot;
    });
    this.#slots = slots;
  }
}

/** The LF that ends the record beginning at `start`, outside quotes; −1 if it is not in these bytes. */
function endOutsideQuotes(bytes: Uint8Array, start: number): number {
  let newline = bytes.indexOf(NEWLINE, start);
  if (newline < 0) return -1;
  let quote = bytes.indexOf(QUOTE, start);
  if (quote < 0 || quote > newline) return newline;
  let inside = false;
  while (quote >= 0) {
    if (!inside && quote > newline) return newline;
    inside = !inside;
    if (!inside && newline < quote) {
      newline = bytes.indexOf(NEWLINE, quote);
      if (newline < 0) return -1;
    }
    quote = bytes.indexOf(QUOTE, quote + 1);
  }
  return inside ? -1 : newline;
}

function closingQuote(bytes: Uint8Array, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    if (bytes[i] !== QUOTE) continue;
    if (i + 1 < end && bytes[i + 1] === QUOTE) i++;
    else return i;
  }
  return -1;
}

/** Removes one of each pair of quotes in place (the text only gets shorter); returns the new end. */
function undouble(bytes: Uint8Array, from: number, end: number): number {
  let quote = bytes.indexOf(QUOTE, from);
  if (quote < 0 || quote >= end) return end;
  let to = quote;
  for (let i = quote; i < end; i++) {
    bytes[to++] = bytes[i]!;
    if (bytes[i] === QUOTE) i++;
  }
  quote = to;
  return quote;
}

/** RFC 4180: quotes only where needed; NULL is an empty field, the empty string is `""`. */
export function encoder(context: EncodeContext): Encoder {
  const separator = context.options.text('fieldDelimiter');
  const special = [separator, '"', '\n', '\r'];
  const quote = (text: string): string =>
    text === '' || special.some((one) => text.includes(one)) ? `"${text.replaceAll('"', '""')}"` : text;
  const names = context.schema.fields.map((f) => quote(f.name)).join(separator);
  return new TextEncoderRows(context, {
    header: context.options.bool('header') ? `${names}\n` : '',
    row: (out, cells) => {
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i]!;
        if (i > 0) out.text(separator);
        if (cell.isNull) continue;
        if (cell.column.layout === 'bytes') out.text(quote(out.asString(cell)));
        else out.value(cell);
      }
    },
  });
}
