import {
  add,
  assemble,
  get,
  number,
  repeat,
  set,
  unsigned,
  when,
  type AssembledFunction,
  type Code,
} from './assembler.ts';

/** Rows that one call of a kernel takes: their scratch stays in the first-level cache, the lines they touch in the second. */
export const KERNEL_ROWS = 1024;

/** Where kernels and JavaScript hand rows to each other: bytes from the start of the memory. */
export const SCRATCH = {
  /** Slots or places by row. */
  slots: 4096,
  hashes: 4096 + KERNEL_ROWS * 4,
  /** Two words a row: keys, values to add, values read. */
  words: 4096 + KERNEL_ROWS * 8,
  homes: 4096 + KERNEL_ROWS * 16,
  end: 4096 + KERNEL_ROWS * 20,
} as const;

/** Slots of these rows. `directory` and `table` are addresses of lists of addresses of blocks. */
export interface StateKernels {
  /** Hashes of one-word keys in `words` → `hashes`. */
  hash4(count: number): void;
  /** The same for two-word keys. */
  hash8(count: number): void;
  /** Per row the place of the first entry of the index with the hash of the row → `slots`, −1 where there is none. */
  candidates(count: number, directory: number, shift: number, mask: number): number;
  /** Makes candidates whose one-word key is another one −2, and returns how many rows are below 0. */
  match4(count: number, table: number): number;
  /** The same for two-word keys. */
  match8(count: number, table: number): number;
  /** Reads the item of each row's slot, so that what comes next finds it in the caches. */
  touch(count: number, table: number, pageShift: number, itemShift: number): number;
  /** Adds the value of each row to the double of its slot. */
  addDoubles(count: number, table: number): void;
  /** Adds one (the double at `words`) to the double of each slot. */
  addConstant(count: number, table: number): void;
  addLongs(count: number, table: number): void;
  subtractLongs(count: number, table: number): void;
  /** Makes the byte of each slot 1. */
  mark(count: number, table: number): void;
  /** Copies `words` to the 8 bytes of each slot. */
  scatter8(count: number, table: number): void;
  /** Copies the 8 bytes of each slot → `words`. */
  gather8(count: number, table: number): void;
}

/** HASH_SEED and the multipliers of key-hash.ts: the kernels compute the same hash. */
const SEED = 0x2545f491;

const load = (offset = 0): Code => [0x28, 2, unsigned(offset)];
const store = (offset = 0): Code => [0x36, 2, unsigned(offset)];
const loadLong = (offset = 0): Code => [0x29, 3, unsigned(offset)];
const storeLong = (offset = 0): Code => [0x37, 3, unsigned(offset)];
const loadDouble = (offset = 0): Code => [0x2b, 3, unsigned(offset)];
const storeDouble = (offset = 0): Code => [0x39, 3, unsigned(offset)];

const STORE_BYTE = [0x3a, 0, 0];

const EQUAL = 0x46;
const NOT_EQUAL = 0x47;
const LESS = 0x48;
const ADD = 0x6a;
const SUB = 0x6b;
const TIMES = 0x6c;
const AND = 0x71;
const OR = 0x72;
const XOR = 0x73;
const LEFT = 0x74;
const RIGHT = 0x76;
const SELECT = 0x1b;
const EQUAL_LONGS = 0x51;
const ADD_LONGS = 0x7c;
const SUBTRACT_LONGS = 0x7d;
const ADD_DOUBLES = 0xa0;

/** Rows of one turn of a loop: what a turn costs besides is no room for loads that wait. */
const UNROLLED = 4;

/** Runs `body` for each of `count` rows (parameter 0, at least 1). `at` is a local; row r of a turn is `at` / 4 + r. */
function eachRow(at: number, body: (row: number) => Code): Code {
  const turns = Array.from({ length: UNROLLED }, (_, row) => body(row));
  const left = (rows: number): Code => [[get(at), number((rows - 1) * 4), ADD], [get(0), number(2), LEFT], LESS];
  return [
    set(at, number(0)),
    when(left(UNROLLED), repeat([turns, add(at, number(UNROLLED * 4))], left(UNROLLED))),
    when(left(1), repeat([body(0), add(at, number(4))], left(1))),
  ];
}

/** Address of item `item` in pages of `1 << pageShift` items of `1 << itemShift` bytes. */
function itemAddress(table: number, item: number, pageShift: number, itemShift: number): Code {
  return [
    [get(table), [get(item), number(pageShift), RIGHT, number(2), LEFT], ADD, load()],
    [get(item), number((1 << pageShift) - 1), AND, number(itemShift), LEFT],
    ADD,
  ];
}

const twice = (local: number): Code => [get(local), number(1), LEFT];

function hash(name: string, words: 1 | 2): AssembledFunction {
  const [at, hash] = [1, 2];
  const xorShifted = (bits: number): Code => set(hash, [get(hash), [get(hash), number(bits), RIGHT], XOR]);
  const times = (factor: number): Code => set(hash, [get(hash), number(factor | 0), TIMES]);
  const from: Code = words === 2 ? twice(at) : get(at);
  const mix = (at: number): Code => [
    set(hash, [get(hash), [from, load(SCRATCH.words + at * 4)], XOR]),
    times(0x9e3779b1),
    xorShifted(15),
  ];
  return {
    name,
    parameters: 1,
    locals: 2,
    returns: false,
    code: eachRow(at, (row) => [
      set(hash, number(SEED)),
      mix(row * words),
      words === 2 ? mix(row * words + 1) : [],
      xorShifted(16),
      times(0x85ebca6b),
      xorShifted(13),
      times(0xc2b2ae35),
      xorShifted(16),
      [get(at), get(hash), store(SCRATCH.hashes + row * 4)],
    ]),
  };
}

/** (count, directory, shift, mask): mask in bytes. */
function candidates(): AssembledFunction {
  const [directory, shift, mask, at, hash, home, segment, stored, sum] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const segmentOfHash = set(segment, [get(directory), [get(hash), get(shift), RIGHT, number(2), LEFT], ADD, load()]);
  const other: Code = [[get(stored), number(0), NOT_EQUAL], [get(home), load(), get(hash), NOT_EQUAL], AND];
  return {
    name: 'candidates',
    parameters: 4,
    locals: 6,
    returns: true,
    code: [
      eachRow(at, (row) => [
        set(hash, [get(at), load(SCRATCH.hashes + row * 4)]),
        segmentOfHash,
        [get(at), [get(segment), [get(hash), number(3), LEFT, get(mask), AND], ADD], store(SCRATCH.homes + row * 4)],
      ]),
      // Nothing but loads; the sum is there so that they are not left out.
      eachRow(at, (row) => add(sum, [[get(at), load(SCRATCH.homes + row * 4)], load(4)])),
      eachRow(at, (row) => [
        set(hash, [get(at), load(SCRATCH.hashes + row * 4)]),
        set(home, [get(at), load(SCRATCH.homes + row * 4)]),
        set(stored, [get(home), load(4)]),
        when(other, [
          segmentOfHash,
          repeat(
            [
              set(home, [get(segment), [[get(home), number(8), ADD, get(segment), SUB], get(mask), AND], ADD]),
              set(stored, [get(home), load(4)]),
            ],
            other,
          ),
        ]),
        [get(at), [get(stored), number(1), SUB], store(SCRATCH.slots + row * 4)],
      ]),
      get(sum),
    ],
  };
}

/** (count, table) → how many rows have no candidate (−1) or one with another key (−2). */
function match(name: string, words: 1 | 2): AssembledFunction {
  const [table, at, slot, left, place, sum] = [1, 2, 3, 4, 5, 6];
  const same = (row: number): Code =>
    words === 2
      ? [[[get(place), loadLong()], [twice(at), loadLong(SCRATCH.words + row * 8)], EQUAL_LONGS]]
      : [[[get(place), load()], [get(at), load(SCRATCH.words + row * 4)], EQUAL]];
  return {
    name,
    parameters: 2,
    locals: 5,
    returns: true,
    code: [
      eachRow(at, (row) => [
        set(slot, [get(at), load(SCRATCH.slots + row * 4)]),
        // What has no candidate is compared with item 0.
        set(slot, [number(0), get(slot), [get(slot), number(0), LESS], SELECT]),
        set(place, itemAddress(table, slot, words === 2 ? 17 : 18, words === 2 ? 3 : 2)),
        [get(at), get(place), store(SCRATCH.homes + row * 4)],
        add(sum, [get(place), load()]),
      ]),
      eachRow(at, (row) => [
        set(slot, [get(at), load(SCRATCH.slots + row * 4)]),
        set(place, [get(at), load(SCRATCH.homes + row * 4)]),
        set(slot, [get(slot), number(-2), [same(row), [get(slot), number(0), LESS], OR], SELECT]),
        [get(at), get(slot), store(SCRATCH.slots + row * 4)],
        add(left, [get(slot), number(31), RIGHT]),
      ]),
      // All bits of the sum shifted out: it is there so that the loads are not left out.
      [get(left), [get(sum), number(31), RIGHT, number(1), RIGHT], ADD],
    ],
  };
}

/** (count, table, pageShift, itemShift): items are addressed by the slots; −1 is none. */
function touch(): AssembledFunction {
  const [table, pageShift, itemShift, at, slot, mask, sum] = [1, 2, 3, 4, 5, 6, 7];
  return {
    name: 'touch',
    parameters: 4,
    locals: 4,
    returns: true,
    code: [
      set(mask, [[number(1), get(pageShift), LEFT], number(1), SUB]),
      eachRow(at, (row) => [
        set(slot, [get(at), load(SCRATCH.slots + row * 4)]),
        set(slot, [get(slot), number(0), [get(slot), number(-1), NOT_EQUAL], SELECT]),
        add(sum, [
          [get(table), [get(slot), get(pageShift), RIGHT, number(2), LEFT], ADD, load()],
          [get(slot), get(mask), AND, get(itemShift), LEFT],
          ADD,
          load(),
        ]),
      ]),
      get(sum),
    ],
  };
}

/** (count, table): each row changes the item of its slot, 8 bytes if nothing else is said. */
function update(
  name: string,
  change: (address: number, at: number, row: number) => Code,
  pageShift = 17,
  itemShift = 3,
): AssembledFunction {
  const [table, at, slot, address] = [1, 2, 3, 4];
  return {
    name,
    parameters: 2,
    locals: 3,
    returns: false,
    code: eachRow(at, (row) => [
      set(slot, [get(at), load(SCRATCH.slots + row * 4)]),
      set(address, itemAddress(table, slot, pageShift, itemShift)),
      change(address, at, row),
    ]),
  };
}

const operation =
  (plus: number) =>
  (address: number, at: number, row: number): Code => [
    get(address),
    [get(address), loadLong()],
    [twice(at), loadLong(SCRATCH.words + row * 8)],
    plus,
    storeLong(),
  ];

/** The bytes of the module: a shared memory that grows up to `maximum` × 64 KiB, and `StateKernels`. */
export function stateModule(initial: number, maximum: number): Uint8Array<ArrayBuffer> {
  return assemble(
    [
      hash('hash4', 1),
      hash('hash8', 2),
      candidates(),
      match('match4', 1),
      match('match8', 2),
      touch(),
      update('addDoubles', (address, at, row) => [
        get(address),
        [get(address), loadDouble()],
        [twice(at), loadDouble(SCRATCH.words + row * 8)],
        ADD_DOUBLES,
        storeDouble(),
      ]),
      update('addConstant', (address) => [
        get(address),
        [get(address), loadDouble()],
        [number(0), loadDouble(SCRATCH.words)],
        ADD_DOUBLES,
        storeDouble(),
      ]),
      update('addLongs', operation(ADD_LONGS)),
      update('subtractLongs', operation(SUBTRACT_LONGS)),
      update('mark', (address) => [get(address), number(1), STORE_BYTE], 20, 0),
      update('scatter8', (address, at, row) => [
        get(address),
        [twice(at), loadLong(SCRATCH.words + row * 8)],
        storeLong(),
      ]),
      update('gather8', (address, at, row) => [
        twice(at),
        [get(address), loadLong()],
        storeLong(SCRATCH.words + row * 8),
      ]),
    ],
    { initial, maximum, shared: true },
  );
}
