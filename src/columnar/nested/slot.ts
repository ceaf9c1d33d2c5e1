import { layoutOf, type Layout } from '../../types/layout.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Value } from '../builder.ts';

/** Bytes of one value inside a nested value; 0 for `bytes`, whose values have lengths of their own. */
const widths: Readonly<Record<Layout, number>> = {
  bool: 1,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  i128: 16,
  f32: 4,
  f64: 8,
  bytes: 0,
};

/** How values of one fixed-layout type are read and written at any byte, little endian. */
export interface Slot {
  readonly layout: Layout;
  readonly width: number;
  read(bytes: Uint8Array, at: number): Value;
  write(bytes: Uint8Array, at: number, value: Value): void;
}

export function slotOf(type: SqlType): Slot {
  const layout = layoutOf(type);
  return { layout, width: widths[layout], ...access[layout] };
}

// Nested values lie at any byte of a buffer, where typed arrays do not reach: they pass through these eight bytes (all
// platforms of Node are little endian). A DataView a buffer costs more, because columns take turns.
const passing = new Uint8Array(8);
const asDouble = new Float64Array(passing.buffer);
const asFloat = new Float32Array(passing.buffer);
const asBigint = new BigInt64Array(passing.buffer);

function load(bytes: Uint8Array, at: number, width: number): void {
  for (let i = 0; i < width; i++) passing[i] = bytes[at + i]!;
}

function store(bytes: Uint8Array, at: number, width: number): void {
  for (let i = 0; i < width; i++) bytes[at + i] = passing[i]!;
}

function readBigint(bytes: Uint8Array, at: number): bigint {
  load(bytes, at, 8);
  return asBigint[0]!;
}

function writeBigint(bytes: Uint8Array, at: number, value: bigint): void {
  asBigint[0] = value;
  store(bytes, at, 8);
}

export function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** −0 is stored as 0 and every NaN alike: equal values have equal bytes. */
function canonical(value: Value): number {
  const number = Number(value);
  return number === 0 ? 0 : number === number ? number : NaN;
}

const access: Readonly<Record<Layout, Pick<Slot, 'read' | 'write'>>> = {
  bool: {
    read: (bytes, at) => bytes[at] === 1,
    write: (bytes, at, value) => void (bytes[at] = value === true ? 1 : 0),
  },
  i8: {
    read: (bytes, at) => (bytes[at]! << 24) >> 24,
    write: (bytes, at, value) => void (bytes[at] = Number(value)),
  },
  i16: {
    read: (bytes, at) => ((bytes[at]! | (bytes[at + 1]! << 8)) << 16) >> 16,
    write: (bytes, at, value) => {
      bytes[at] = Number(value);
      bytes[at + 1] = Number(value) >> 8;
    },
  },
  i32: {
    read: (bytes, at) => readU32(bytes, at) | 0,
    write: (bytes, at, value) => writeU32(bytes, at, Number(value)),
  },
  i64: {
    read: readBigint,
    write: (bytes, at, value) => writeBigint(bytes, at, value as bigint),
  },
  i128: {
    read: (bytes, at) => (readBigint(bytes, at + 8) << 64n) | BigInt.asUintN(64, readBigint(bytes, at)),
    write: (bytes, at, value) => {
      writeBigint(bytes, at, BigInt.asIntN(64, value as bigint));
      writeBigint(bytes, at + 8, BigInt.asIntN(64, (value as bigint) >> 64n));
    },
  },
  f32: {
    read: (bytes, at) => {
      load(bytes, at, 4);
      return asFloat[0]!;
    },
    write: (bytes, at, value) => {
      asFloat[0] = canonical(value);
      store(bytes, at, 4);
    },
  },
  f64: {
    read: (bytes, at) => {
      load(bytes, at, 8);
      return asDouble[0]!;
    },
    write: (bytes, at, value) => {
      asDouble[0] = canonical(value);
      store(bytes, at, 8);
    },
  },
  // Values of `bytes` are places, which the codecs read themselves.
  bytes: { read: () => null, write: () => undefined },
};
