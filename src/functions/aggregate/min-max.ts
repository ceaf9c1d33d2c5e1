import { compareBytes, type ByteSlice } from '../../columnar/byte-slice.ts';
import type { BytesColumn, Column, FixedColumn } from '../../columnar/column.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { Aggregator, AggregateFunction } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { BIGINT, isNested, type SqlType } from '../../types/sql-type.ts';
import { comparatorOf } from '../scalar/compare-kernels.ts';
import { aggregate } from './aggregate-definition.ts';
import { RetractableExtreme } from './retractable-extreme.ts';
import { slotValues, type SlotValues } from './slot-values.ts';

function extreme(name: 'MIN' | 'MAX', sign: 1 | -1): AggregateFunction {
  return aggregate({
    name,
    syntax: [`${name}(x)`],
    doc: `The ${sign === 1 ? 'greatest' : 'smallest'} value of any comparable type; text by bytes, NaN above all numbers. NULL over nothing.`,
    resolve({ types: [given, ...rest] }) {
      const type = given?.kind === 'null' ? BIGINT : given;
      if (type === undefined || isNested(type) || rest.length > 0) return undefined;
      return {
        args: [type],
        returns: type,
        retractable: true,
        create: (state, retracts) =>
          retracts ? new RetractableExtreme(state, type, sign) : new ExtremeAggregator(state, type, sign),
      };
    },
  });
}

export const extremes: readonly AggregateFunction[] = [extreme('MAX', 1), extreme('MIN', -1)];

/** MIN and MAX over rows that are only added: one value a slot. */
class ExtremeAggregator implements Aggregator {
  readonly #values: SlotValues;
  readonly #sign: 1 | -1;
  readonly #compare: (a: unknown, b: unknown) => number;

  constructor(state: StateFactory, type: SqlType, sign: 1 | -1) {
    this.#values = slotValues(state, 'extreme', type);
    this.#sign = sign;
    this.#compare = comparatorOf(type) as (a: unknown, b: unknown) => number;
  }

  ensure(slotCount: number): void {
    this.#values.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const column = args[0]!;
    if (column.layout === 'bytes') this.#takeBytes(column, rows, slots, count);
    else if (column.layout === 'i128') this.#takeAny(column, rows, slots, count);
    else this.#values.takeExtreme?.(column, rows, slots, count, this.#sign);
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = (from as ExtremeAggregator).#values;
    for (let k = 0; k < count; k++) {
      const theirs = other.get(fromSlots[k]!);
      if (theirs === null) continue;
      const ours = this.#values.get(slots[k]!);
      if (ours === null || this.#compare(theirs, ours) * this.#sign > 0) {
        this.#values.copy(other, fromSlots[k]!, slots[k]!);
      }
    }
  }

  result(slots: Int32Array, count: number): Column {
    return this.#values.column(slots, count);
  }

  clear(slot: number): void {
    this.#values.clear(slot);
  }

  #takeBytes(column: BytesColumn, rows: Int32Array, slots: Int32Array, count: number): void {
    const { bytes, offsets, lengths, nulls } = column;
    const values = this.#values;
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) continue;
      const slot = slots[k]!;
      const held = values.get(slot) as ByteSlice | null;
      const order =
        held === null
          ? 1
          : compareBytes(bytes, offsets[row]!, lengths[row]!, held.bytes, held.offset, held.length) * this.#sign;
      if (order > 0) values.put(slot, column, row);
    }
  }

  #takeAny(column: FixedColumn, rows: Int32Array, slots: Int32Array, count: number): void {
    for (let k = 0; k < count; k++) {
      const value = valueAt(column, rows[k]!);
      if (value === null) continue;
      const held = this.#values.get(slots[k]!);
      if (held === null || this.#compare(value, held) * this.#sign > 0) this.#values.put(slots[k]!, column, rows[k]!);
    }
  }
}
