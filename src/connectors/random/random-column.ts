import { allocateValues, bytesColumn, fixedColumn, type Column } from '../../columnar/column.ts';
import { fineOf } from '../../columnar/fine-time.ts';
import { writeI128 } from '../../columnar/i128.ts';
import { layoutOf } from '../../types/layout.ts';
import { isNested, type SqlType } from '../../types/sql-type.ts';
import { limits, type FieldSpec } from './field-options.ts';
import { between, mix, partSeed, unit, wide } from './numbers.ts';
import { randomNestedColumn } from './random-nested.ts';
import { randomTexts, sequenceTexts } from './random-texts.ts';

const DAY_MS = 86_400_000;

export interface Range {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  /** Due time of row 0 and distance of rows, for temporal types. */
  readonly baseMs: number;
  readonly stepMs: number;
}

/** A column, or a part of one, with its options. */
export interface RandomField {
  readonly type: SqlType;
  readonly spec: FieldSpec;
  readonly parts: readonly RandomField[];
}

/**
 * Rows `first … first + count` of a generated column. Without options: BOOLEAN even odds; integers from 0 over the
 * type's positive range (BIGINT to 2^53); FLOAT and DOUBLE in [0, 1); DECIMAL with all digits of its precision up to 15;
 * texts of 8 hex digits; temporal types the row's due time; nested types two elements of those, or all fields.
 */
export function randomColumn(field: RandomField, range: Range): Column {
  const column = valuesOf(field, range);
  const { nullRate } = field.spec;
  if (nullRate === 0) return column;
  const nulls = new Uint8Array(range.count);
  for (let k = 0; k < range.count; k++)
    nulls[k] = unit(partSeed(range.seed, 0x6e756c), range.first + k) < nullRate ? 1 : 0;
  return { ...column, nulls };
}

function valuesOf(field: RandomField, range: Range): Column {
  const { type, spec } = field;
  if (isNested(type)) {
    return randomNestedColumn(type, field, range, (part, n) =>
      randomColumn(part, { ...range, seed: partSeed(range.seed, n) }),
    );
  }
  if (layoutOf(type) === 'bytes') {
    const { count } = range;
    const parts = spec.sequence ? sequenceTexts(spec.sequence, range) : randomTexts(type, spec, range);
    return bytesColumn(type, parts, count);
  }
  if (spec.sequence !== undefined) return sequenceColumn(field, spec.sequence, range);
  const isRanged =
    spec.min !== undefined || spec.max !== undefined || spec.low !== undefined || spec.high !== undefined;
  return isRanged ? rangedColumn(field, range) : plainColumn(field, range);
}

function sequenceColumn({ type }: RandomField, { start }: NonNullable<FieldSpec['sequence']>, range: Range): Column {
  const scale = type.kind === 'decimal' ? 10n ** BigInt(type.scale) : 1n;
  return exactColumn(type, range.count, (k) => (start + BigInt(range.first + k)) * scale);
}

function rangedColumn({ type, spec }: RandomField, range: Range): Column {
  const { seed, first, count } = range;
  if (type.kind === 'float' || type.kind === 'double') {
    const low = spec.low ?? Math.min(0, spec.high ?? 0);
    const high = spec.high ?? Math.max(1, low);
    const values = allocateValues(type.kind === 'float' ? 'f32' : 'f64', count);
    // Halves, so that the distance of two large bounds does not overflow.
    for (let k = 0; k < count; k++) {
      const share = unit(seed, first + k);
      values[k] = low * (1 - share) + high * share;
    }
    return fixedColumn(type, values, count);
  }
  const [least, greatest] = limits(type);
  const min = spec.min ?? (spec.max !== undefined && spec.max < 0n ? least : 0n);
  const max = spec.max ?? greatest;
  return exactColumn(type, count, (k) => between(seed, first + k, min, max));
}

/** Whole numbers and DECIMAL; what does not fit the type wraps. */
function exactColumn(type: SqlType, count: number, value: (k: number) => bigint): Column {
  const layout = layoutOf(type);
  if (layout === 'bytes') throw new TypeError('numbers have a fixed layout');
  const values = allocateValues(layout, count);
  const numbers = values as { [index: number]: number | bigint };
  for (let k = 0; k < count; k++) {
    if (layout === 'i128') writeI128(values as BigInt64Array, k, value(k));
    else if (layout === 'i64') numbers[k] = value(k);
    else numbers[k] = Number(value(k));
  }
  return fixedColumn(type, values, count);
}

function plainColumn({ type, spec }: RandomField, range: Range): Column {
  const layout = layoutOf(type);
  if (layout === 'bytes') throw new TypeError('texts are made elsewhere');
  const { count } = range;
  const values = allocateValues(layout, count);
  const numbers = values as { [index: number]: number | bigint };
  for (let k = 0; k < count; k++) {
    const row = range.first + k;
    const low = mix(range.seed, row);
    const past = spec.maxPastMs === 0 ? 0 : Math.floor(unit(range.seed, row) * (spec.maxPastMs + 1));
    const due = Math.floor(range.baseMs + row * range.stepMs) - past;
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
        const digits = BigInt(Math.floor(unit(range.seed, row) * 10 ** Math.min(15, type.precision)));
        if (layout === 'i128') writeI128(values as BigInt64Array, k, digits);
        else numbers[k] = digits;
        break;
      }
      case 'float':
      case 'double':
        numbers[k] = unit(range.seed, row);
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
