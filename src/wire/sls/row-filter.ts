import type { Column } from '../../columnar/column.ts';
import { bytesEqual, compareBytes } from '../../columnar/byte-slice.ts';

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** Bytes for VARCHAR columns; bigint for layout i64; number for every other numeric layout. */
export type FilterValue = number | bigint | Uint8Array;

/** One conjunct over an output column; NULL never passes a comparison (three-valued logic at the top level). */
export type RowTest =
  | {
      readonly kind: 'compare';
      readonly column: number;
      readonly operator: ComparisonOperator;
      readonly value: FilterValue;
    }
  | { readonly kind: 'in'; readonly column: number; readonly values: readonly FilterValue[] }
  | { readonly kind: 'is-null' | 'is-not-null'; readonly column: number }
  | { readonly kind: 'starts-with'; readonly column: number; readonly prefix: Uint8Array };

/** A conjunction. */
export type RowFilter = readonly RowTest[];

/**
 * Narrows `rows[0 … count)` in place to those that pass.
 * @returns how many are left
 */
export function applyRowTest(test: RowTest, column: Column, rows: Int32Array, count: number): number {
  switch (test.kind) {
    case 'is-null':
      return keep(rows, count, (row) => column.nulls !== null && column.nulls[row] === 1);
    case 'is-not-null':
      return column.nulls === null ? count : keepNotNull(column.nulls, rows, count);
    default: {
      const live = column.nulls === null ? count : keepNotNull(column.nulls, rows, count);
      return keep(rows, live, predicate(test, column));
    }
  }
}

function keep(rows: Int32Array, count: number, passes: (row: number) => boolean): number {
  let kept = 0;
  for (let k = 0; k < count; k++) {
    const row = rows[k]!;
    if (passes(row)) rows[kept++] = row;
  }
  return kept;
}

function keepNotNull(nulls: Uint8Array, rows: Int32Array, count: number): number {
  let kept = 0;
  for (let k = 0; k < count; k++) {
    const row = rows[k]!;
    if (nulls[row] === 0) rows[kept++] = row;
  }
  return kept;
}

function predicate(
  test: Extract<RowTest, { kind: 'compare' | 'in' | 'starts-with' }>,
  column: Column,
): (row: number) => boolean {
  if (column.layout === 'bytes') {
    const { bytes, offsets, lengths } = column;
    switch (test.kind) {
      case 'starts-with': {
        const prefix = test.prefix;
        const size = prefix.length;
        return (row) => lengths[row]! >= size && bytesEqual(bytes, offsets[row]!, size, prefix, 0, size);
      }
      case 'in': {
        const values = test.values as readonly Uint8Array[];
        return (row) => values.some((value) => bytesEqual(bytes, offsets[row]!, lengths[row]!, value, 0, value.length));
      }
      case 'compare': {
        const value = test.value as Uint8Array;
        const size = value.length;
        if (test.operator === '=') {
          return (row) => lengths[row] === size && bytesEqual(bytes, offsets[row]!, size, value, 0, size);
        }
        if (test.operator === '<>') {
          return (row) => lengths[row] !== size || !bytesEqual(bytes, offsets[row]!, size, value, 0, size);
        }
        const passes = ordered(test.operator);
        return (row) => passes(compareBytes(bytes, offsets[row]!, lengths[row]!, value, 0, size));
      }
    }
  }
  const values = column.values as ArrayLike<number | bigint>;
  switch (test.kind) {
    case 'in': {
      const set = new Set<unknown>(test.values);
      return (row) => set.has(values[row]);
    }
    case 'compare':
      return numericPredicate(values, test.operator, test.value as number | bigint);
    case 'starts-with':
      return () => false;
  }
}

/** A closure per operator and number type, so that the loop over the rows stays monomorphic. */
function numericPredicate(
  values: ArrayLike<number | bigint>,
  operator: ComparisonOperator,
  value: number | bigint,
): (row: number) => boolean {
  switch (operator) {
    case '=':
      return (row) => values[row] === value;
    case '<>':
      return (row) => values[row] !== value;
    case '<':
      return (row) => values[row]! < value;
    case '<=':
      return (row) => values[row]! <= value;
    case '>':
      return (row) => values[row]! > value;
    case '>=':
      return (row) => values[row]! >= value;
  }
}

function ordered(operator: ComparisonOperator): (difference: number) => boolean {
  switch (operator) {
    case '<':
      return (difference) => difference < 0;
    case '<=':
      return (difference) => difference <= 0;
    case '>':
      return (difference) => difference > 0;
    case '>=':
      return (difference) => difference >= 0;
    case '=':
      return (difference) => difference === 0;
    case '<>':
      return (difference) => difference !== 0;
  }
}
