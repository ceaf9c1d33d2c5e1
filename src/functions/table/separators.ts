import { bytesEqual, type ByteSlice } from '../../columnar/byte-slice.ts';

// What Java's Character.isWhitespace takes below U+0080.
const blanks = [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x1f, 0x20];

/** A set of separating characters: every character of a text, as Java's StringUtils.split takes them. */
export class Separators {
  readonly #ascii = new Uint8Array(128);
  /** UTF-8 of the others. */
  #wide: Uint8Array[] = [];
  #bytes: Uint8Array = new Uint8Array(0);
  #blank = false;

  /** @param text undefined: blanks separate */
  use(text: ByteSlice | undefined): this {
    if (text === undefined) {
      if (!this.#blank) this.#reset(blanks);
      this.#blank = true;
      return this;
    }
    const { bytes, offset, length } = text;
    if (!this.#blank && bytesEqual(bytes, offset, length, this.#bytes, 0, this.#bytes.length)) return this;
    this.#blank = false;
    this.#bytes = text.toBytes();
    this.#reset([]);
    for (let at = 0; at < length;) {
      const size = Math.min(sizeOf(this.#bytes[at]!), length - at);
      if (size === 1) this.#ascii[this.#bytes[at]! & 0x7f] = 1;
      else this.#wide.push(this.#bytes.subarray(at, at + size));
      at += size;
    }
    return this;
  }

  /** Bytes of the separator that begins at `at`; 0: none does. */
  sizeAt(bytes: Uint8Array, at: number, end: number): number {
    const byte = bytes[at]!;
    if (byte < 0x80) return this.#ascii[byte]!;
    for (const one of this.#wide) {
      if (one.length <= end - at && bytesEqual(bytes, at, one.length, one, 0, one.length)) return one.length;
    }
    return 0;
  }

  #reset(ascii: readonly number[]): void {
    this.#ascii.fill(0);
    for (const byte of ascii) this.#ascii[byte] = 1;
    this.#wide = [];
  }
}

function sizeOf(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** Walks over the tokens between separators; empty ones are left out. */
export class Tokens {
  start = 0;
  end = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #stop = 0;

  over(bytes: Uint8Array, offset: number, length: number): this {
    this.#bytes = bytes;
    this.#at = offset;
    this.#stop = offset + length;
    return this;
  }

  /** Moves to the next token: `start … end`. False behind the last. */
  next(separators: Separators): boolean {
    const bytes = this.#bytes;
    const stop = this.#stop;
    let at = this.#at;
    while (at < stop) {
      const size = separators.sizeAt(bytes, at, stop);
      if (size === 0) break;
      at += size;
    }
    this.start = at;
    while (at < stop && separators.sizeAt(bytes, at, stop) === 0) at++;
    this.end = at;
    this.#at = at;
    return at > this.start;
  }
}
