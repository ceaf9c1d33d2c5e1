import { allocateValues, bytesColumn, fixedColumn, type Column } from '../../columnar/column.ts';
import { fineOf } from '../../columnar/fine-time.ts';
import { writeI128 } from '../../columnar/i128.ts';
import { layoutOf } from '../../types/layout.ts';
import { isNested, type SqlType } from '../../types/sql-type.ts';
import { randomNestedColumn } from './random-nested.ts';

const DAY_MS = 86_400_000;
const TEXT_BYTES = 8;

interface Range {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  /** Due time of row 0 and distance of rows, for temporal types. */
  readonly baseMs: number;
  readonly stepMs: number;
}

/**
 * Rows `first … first + count` of a generated column: BOOLEAN even odds; integers from 0 over the type's positive range
 * (BIGINT to 2^53); FLOAT and DOUBLE in [0, 1); DECIMAL with all digits of its precision up to 15; texts of 8 hex
 * digits; temporal types the row's due time; nested types two elements of those, or all fields.
 */
export function randomColumn(type: SqlType, range: Range): Column {
  const layout = layoutOf(type);
  const { count } = range;
  if (isNested(type)) {
    return randomNestedColumn(type, count, (part, n) =>
      randomColumn(part, { ...range, seed: Math.imul(range.seed + n + 1, 0x9e3779b1) }),
    );
  }
  if (layout === 'bytes') return textColumn(type, range);
  const values = allocateValues(layout, count);
  const numbers = values as { [index: number]: number | bigint };
  for (let k = 0; k < count; k++) {
    const row = range.first + k;
    const low = mix(range.seed, row);
    const due = Math.floor(range.baseMs + row * range.stepMs);
    switch (type.kind) {
      case 'boolean':
        numbers[k] = low & 1;
        break;
      case 'tinyint':
        numbers[k] = low & 0x7f;
        break;
      case 'smallint':
        numbers[k] = low & 0x7fff;
        break;
      case 'bigint':
        numbers[k] = BigInt(wide(range.seed, row));
        break;
      case 'decimal': {
        const digits = BigInt(Math.floor((wide(range.seed, row) / 2 ** 53) * 10 ** Math.min(15, type.precision)));
        if (layout === 'i128') writeI128(values as BigInt64Array, k, digits);
        else numbers[k] = digits;
        break;
      }
      case 'float':
      case 'double':
        numbers[k] = wide(range.seed, row) / 2 ** 53;
        break;
      case 'date':
        numbers[k] = Math.floor(due / DAY_MS);
        break;
      case 'time':
        numbers[k] = due % DAY_MS;
        break;
      case 'timestamp':
        if (layout === 'i128') writeI128(values as BigInt64Array, k, fineOf(due));
        else numbers[k] = due;
        break;
      default:
        numbers[k] = low & 0x7fffffff;
    }
  }
  return fixedColumn(type, values, count);
}

function textColumn(type: SqlType, range: Range): Column {
  const { count } = range;
  const bytes = new Uint8Array(count * TEXT_BYTES);
  const offsets = new Int32Array(count);
  const lengths = new Int32Array(count).fill(TEXT_BYTES);
  for (let k = 0; k < count; k++) {
    let bits = mix(range.seed, range.first + k);
    offsets[k] = k * TEXT_BYTES;
    for (let i = 0; i < TEXT_BYTES; i++) {
      const digit = bits & 15;
      bytes[k * TEXT_BYTES + i] = digit < 10 ? 0x30 + digit : 0x57 + digit;
      bits >>>= 4;
    }
  }
  return bytesColumn(type, { bytes, offsets, lengths }, count);
}

/** 53 random bits as a whole number. */
function wide(seed: number, row: number): number {
  return (mix(seed ^ 0x5bd1e995, row) & 0x1fffff) * 2 ** 32 + (mix(seed, row) >>> 0);
}

/** A 32-bit hash of (seed, row): the finaliser of MurmurHash3 over both. */
function mix(seed: number, row: number): number {
  let h = Math.imul(seed | 0, 0x9e3779b1) ^ (row | 0) ^ Math.imul(Math.floor(row / 2 ** 32), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}
