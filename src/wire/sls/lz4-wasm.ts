import {
  add,
  assemble,
  END,
  get,
  number,
  repeat,
  RETURN,
  set,
  VOID,
  when,
  type Code,
} from '../../columnar/linear/assembler.ts';

/**
 * An LZ4 block decoder as a WebAssembly module, assembled here: the native codec can only write into memory that it
 * allocates anew for each block, and touching that and collecting it costs more than expanding it (docs/adr/0005). A block
 * is expanded inside the memory of an instance, in 16-byte steps that may run over by 15 bytes.
 */

/** Bytes that must follow both the block and the room for its content: what 16-byte steps may read or write too far. */
export const LZ4_SLACK = 32;

const LOAD_BYTE = [0x2d, 0, 0];
const LOAD_TWO = [0x2f, 0, 0];
const LOAD_8 = [0x29, 0, 0];
const STORE_8 = [0x37, 0, 0];
const STORE_BYTE = [0x3a, 0, 0];
const LOAD_16 = [0xfd, 0, 0, 0];
const STORE_16 = [0xfd, 11, 0, 0];
const SUB = 0x6b;
const AND = 0x71;
const SHIFT = 0x76;
const EQUAL = 0x46;
const ZERO = 0x45;
const BELOW = 0x49;
const ABOVE = 0x4b;
const AT_LEAST = 0x4f;

/** Parameters, then locals. */
const [from, fromEnd, start, end, to, token, length, source, target, byte] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

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
  return assemble([{ name: 'decode', parameters: 4, locals: 6, returns: true, code: decode }], {
    initial: pages,
    maximum: pages,
    shared: false,
  });
}
