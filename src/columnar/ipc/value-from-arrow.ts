import { INT, NARROW_DECIMAL_PRECISION, isFineTime, type SqlType } from '../../types/sql-type.ts';
import type { Value } from '../builder.ts';
import { ByteSlice } from '../byte-slice.ts';
import { cutFine, fineOf } from '../fine-time.ts';
import { ArrayWriter } from '../nested/array-codec.ts';
import { MapWriter } from '../nested/map-codec.ts';
import { RowWriter } from '../nested/row-codec.ts';

const DAY_MS = 86_400_000;

/** One value as Arrow's vectors hand it out, of any type, as ours. */
export function valueFromArrow(type: SqlType): (given: unknown) => Value {
  const read = presentValue(type);
  return (given) => (given === null || given === undefined ? null : read(given));
}

function presentValue(type: SqlType): (given: unknown) => Value {
  switch (type.kind) {
    case 'array': {
      const read = valueFromArrow(type.element);
      const writer = new ArrayWriter(type.element);
      return (given) => written((out) => writer.write(out, Array.from(given as Iterable<unknown>, read)));
    }
    case 'map':
      return mapValue(type.key, type.value);
    case 'multiset':
      return mapValue(type.element, INT);
    case 'row': {
      const reads = type.fields.map((one) => valueFromArrow(one.type));
      const writer = new RowWriter(type.fields.map((one) => one.type));
      return (given) => {
        const cells = [...(given as Iterable<readonly [string, unknown]>)].map((entry) => entry[1]);
        return written((out) =>
          writer.write(
            out,
            reads.map((read, i) => read(cells[i])),
          ),
        );
      };
    }
    default:
      return (given) => leafValue(type, given);
  }
}

function mapValue(key: SqlType, value: SqlType): (given: unknown) => Value {
  const readKey = valueFromArrow(key);
  const readValue = valueFromArrow(value);
  const writer = new MapWriter(key, value);
  return (given) => {
    const entries = [...(given as Iterable<readonly [unknown, unknown]>)];
    return written((out) =>
      writer.write(
        out,
        entries.map((entry) => readKey(entry[0])),
        entries.map((entry) => readValue(entry[1])),
      ),
    );
  };
}

function leafValue(type: SqlType, given: unknown): Value {
  if (typeof given === 'string') return ByteSlice.ofString(given);
  if (type.kind === 'decimal') return decimalOf(given, type.precision);
  // Fractions of milliseconds, exact to the microsecond in our time.
  if (type.kind === 'timestamp') {
    const ms = Number(given);
    return isFineTime(type) ? cutFine(fineOf(ms, belowMs(ms)), type.precision) : Math.floor(ms);
  }
  if (type.kind === 'bigint') return BigInt(given as number | bigint);
  // Vectors hand dates out as milliseconds.
  if (type.kind === 'date') return Math.floor(Number(given) / DAY_MS);
  if (given instanceof Uint8Array) return ByteSlice.ofBytes(given);
  if (given instanceof Int32Array) return given[0]! * 12 + (given[1] ?? 0);
  return typeof given === 'boolean' ? given : Number(given);
}

function belowMs(ms: number): number {
  return Math.min(999_999, Math.round((ms - Math.floor(ms)) * 1e6));
}

/** Arrow hands a Decimal128 out as four 32-bit words, low first. */
function decimalOf(value: unknown, precision: number): bigint {
  if (typeof value === 'bigint') return value;
  const words = value as Uint32Array;
  let unscaled = 0n;
  for (let i = words.length - 1; i >= 0; i--) unscaled = (unscaled << 32n) | BigInt(words[i]!);
  const bits = words.length * 32;
  return BigInt.asIntN(precision <= NARROW_DECIMAL_PRECISION ? Math.max(64, bits) : bits, unscaled);
}

function written(write: (out: ByteSlice) => void): ByteSlice {
  const out = new ByteSlice();
  write(out);
  return out;
}
