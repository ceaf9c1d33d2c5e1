/**
 * An LZ4 block decoder as a WebAssembly module, assembled here: the native codec can only write into memory that it
 * allocates anew for each block, and touching that and collecting it costs more than expanding it (docs/adr/0005). A block
 * is expanded inside the memory of an instance, in 16-byte steps that may run over by 15 bytes.
 */

/** Bytes that must follow both the block and the room for its content: what 16-byte steps may read or write too far. */
export const LZ4_SLACK = 32;

const I32 = 0x7f;
const VOID = 0x40;
const RETURN = 0x0f;
const END = 0x0b;
const ELSE = 0x05;
const LOAD_BYTE = [0x2d, 0, 0];
const LOAD_TWO = [0x2f, 0, 0];
const LOAD_8 = [0x29, 0, 0];
const STORE_8 = [0x37, 0, 0];
const STORE_BYTE = [0x3a, 0, 0];
const LOAD_16 = [0xfd, 0, 0, 0];
const STORE_16 = [0xfd, 11, 0, 0];
const ADD = 0x6a;
const SUB = 0x6b;
const AND = 0x71;
const SHIFT = 0x76;
const EQUAL = 0x46;
const ZERO = 0x45;
const BELOW = 0x49;
const ABOVE = 0x4b;
const AT_LEAST = 0x4f;

type Code = readonly (number | Code)[];

/** Parameters, then locals. */
const [from, fromEnd, start, end, to, token, length, source, target, byte] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

function get(local: number): Code {
  return [0x20, local];
}

function set(local: number, value: Code): Code {
  return [value, 0x21, local];
}

function number(value: number): Code {
  return [0x41, signed(value)];
}

function add(local: number, value: Code): Code {
  return set(local, [get(local), value, ADD]);
}

function when(condition: Code, then: Code, otherwise: Code = []): Code {
  return [condition, 0x04, VOID, then, ELSE, otherwise, END];
}

/** Runs `body` again as long as `condition` holds behind it. */
function repeat(body: Code, condition: Code): Code {
  return [0x03, VOID, body, condition, 0x0d, 0, END];
}

function fail(condition: Code): Code {
  return when(condition, [number(-1), RETURN]);
}

/** Adds the length bytes that follow a length of 15. */
const longer = when(
  [get(length), number(15), EQUAL],
  repeat(
    [
      fail([get(from), get(fromEnd), AT_LEAST]),
      set(byte, [get(from), LOAD_BYTE]),
      add(from, number(1)),
      add(length, get(byte)),
    ],
    [get(byte), number(255), EQUAL],
  ),
);

/** Copies from `source` to `target` in steps up to `to`, at least one. */
function copy(step: number, load: Code, store: Code): Code {
  return repeat(
    [get(target), get(source), load, store, add(source, number(step)), add(target, number(step))],
    [get(target), get(to), BELOW],
  );
}

/** (from, fromEnd, start, end) → bytes written from `start`, or −1 for a damaged block or one that is longer. */
const decode: Code = [
  set(to, get(start)),
  [0x03, VOID],
  fail([get(from), get(fromEnd), AT_LEAST]),
  set(token, [get(from), LOAD_BYTE]),
  add(from, number(1)),
  set(length, [get(token), number(4), SHIFT]),
  longer,
  fail([get(length), get(fromEnd), get(from), SUB, ABOVE]),
  fail([get(length), get(end), get(to), SUB, ABOVE]),
  set(source, get(from)),
  set(target, get(to)),
  add(from, get(length)),
  add(to, get(length)),
  copy(16, LOAD_16, STORE_16),
  when([get(from), get(fromEnd), EQUAL], [get(to), get(start), SUB, RETURN]),
  fail([get(fromEnd), get(from), SUB, number(2), BELOW]),
  // `byte` is how far back the match lies.
  set(byte, [get(from), LOAD_TWO]),
  add(from, number(2)),
  fail([get(byte), ZERO]),
  fail([get(byte), get(to), get(start), SUB, ABOVE]),
  set(source, [get(to), get(byte), SUB]),
  set(target, get(to)),
  set(length, [get(token), number(15), AND]),
  set(token, get(byte)),
  longer,
  add(length, number(4)),
  fail([get(length), get(end), get(to), SUB, ABOVE]),
  add(to, get(length)),
  // A match that overlaps itself is copied in steps no longer than its distance.
  when(
    [get(token), number(16), AT_LEAST],
    copy(16, LOAD_16, STORE_16),
    when([get(token), number(8), AT_LEAST], copy(8, LOAD_8, STORE_8), copy(1, LOAD_BYTE, STORE_BYTE)),
  ),
  [0x0c, 0],
  END,
  // Never reached.
  number(-1),
];

/** The bytes of the module: one memory of `pages` × 64 KiB and `decode`. */
export function lz4Module(pages: number): Uint8Array<ArrayBuffer> {
  const body = flat([1, 6, I32, decode, END]);
  const limits = [1, unsigned(pages), unsigned(pages)];
  return Uint8Array.from(
    flat([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      section(1, [1, 0x60, 4, I32, I32, I32, I32, 1, I32]),
      section(3, [1, 0]),
      section(5, [1, limits]),
      section(7, [2, name('memory'), 2, 0, name('decode'), 0, 0]),
      section(10, [1, unsigned(body.length), body]),
    ]),
  );
}

function section(id: number, content: Code): Code {
  const bytes = flat(content);
  return [id, unsigned(bytes.length), bytes];
}

function name(text: string): Code {
  return [text.length, [...text].map((one) => one.charCodeAt(0))];
}

function flat(code: Code): number[] {
  return code.flatMap((one) => (typeof one === 'number' ? [one] : flat(one)));
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, signed(value >> 7)];
}
