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

// Nested values lie at any offset of a batch's buffer, where typed arrays do not reach.
let viewed: Uint8Array | undefined;
let view: DataView = new DataView(new ArrayBuffer(0));

function viewOf(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return view;
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
    write: (bytes, at, value) => viewOf(bytes).setInt16(at, Number(value), true),
  },
  i32: {
    read: (bytes, at) => readU32(bytes, at) | 0,
    write: (bytes, at, value) => viewOf(bytes).setInt32(at, Number(value), true),
  },
  i64: {
    read: (bytes, at) => viewOf(bytes).getBigInt64(at, true),
    write: (bytes, at, value) => viewOf(bytes).setBigInt64(at, value as bigint, true),
  },
  i128: {
    read: (bytes, at) => (viewOf(bytes).getBigInt64(at + 8, true) << 64n) | viewOf(bytes).getBigUint64(at, true),
    write: (bytes, at, value) => {
      viewOf(bytes).setBigUint64(at, BigInt.asUintN(64, value as bigint), true);
      viewOf(bytes).setBigInt64(at + 8, BigInt.asIntN(64, (value as bigint) >> 64n), true);
    },
  },
  f32: {
    read: (bytes, at) => viewOf(bytes).getFloat32(at, true),
    write: (bytes, at, value) => viewOf(bytes).setFloat32(at, canonical(value), true),
  },
  f64: {
    read: (bytes, at) => viewOf(bytes).getFloat64(at, true),
    write: (bytes, at, value) => viewOf(bytes).setFloat64(at, canonical(value), true),
  },
  // Values of `bytes` are places, which the codecs read themselves.
  bytes: { read: () => null, write: () => undefined },
};
