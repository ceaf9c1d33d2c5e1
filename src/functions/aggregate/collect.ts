import { ColumnBuilder, type Value } from '../../columnar/builder.ts';
import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Column } from '../../columnar/column.ts';
import { ArrayWriter } from '../../columnar/nested/array-codec.ts';
import { MapWriter } from '../../columnar/nested/map-codec.ts';
import { RowReader, RowWriter } from '../../columnar/nested/row-codec.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { Aggregator, AggregateFunction } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { arrayOf, INT, rowOf, type SqlType } from '../../types/sql-type.ts';
import { elementType } from '../scalar/nested-arguments.ts';
import { aggregate } from './aggregate-definition.ts';
import { CountedValues } from './counted-values.ts';
import { ValueList } from './value-list.ts';

const collect = aggregate({
  name: 'COLLECT',
  syntax: ['COLLECT([DISTINCT] x)'],
  doc: 'The values as a MULTISET: each with the number of its occurrences; NULLs are left out.',
  resolve({ types: [given, ...rest] }) {
    if (given === undefined || rest.length > 0) return undefined;
    const type = elementType(given);
    return {
      args: [type],
      returns: { kind: 'multiset', element: type },
      retractable: true,
      create: (state) => new CollectAggregator(state, type),
    };
  },
});

const arrayAgg = aggregate({
  name: 'ARRAY_AGG',
  syntax: ['ARRAY_AGG([DISTINCT] x [IGNORE NULLS | RESPECT NULLS])'],
  doc: 'The values as an ARRAY by arrival, NULLs among them unless IGNORE NULLS is said. NULL over nothing.',
  resolve({ types: [given, ...rest] }) {
    if (given === undefined || rest.length > 0) return undefined;
    const type = elementType(given);
    return {
      args: [type],
      returns: arrayOf(type),
      retractable: true,
      create: (state) => new ArrayAggregator(state, type),
    };
  },
});

export const collectingFunctions: readonly AggregateFunction[] = [collect, arrayAgg];

class CollectAggregator implements Aggregator {
  readonly #type: SqlType;
  readonly #counted: CountedValues;

  constructor(state: StateFactory, type: SqlType) {
    this.#type = type;
    this.#counted = new CountedValues(state, type);
  }

  ensure(slotCount: number): void {
    this.#counted.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#counted.change(args[0]!, rows, slots, count, 1);
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#counted.change(args[0]!, rows, slots, count, -1);
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    this.#counted.merge((from as CollectAggregator).#counted, fromSlots, slots, count);
  }

  result(slots: Int32Array, count: number): Column {
    const builder = new ColumnBuilder({ kind: 'multiset', element: this.#type }, count);
    const writer = new MapWriter(this.#type, INT);
    const out = new ByteSlice();
    for (let k = 0; k < count; k++) {
      const { values, counts } = this.#counted.valuesOf(slots[k]!);
      const keys: Value[] = [];
      const times: number[] = [];
      // The chain of a group begins with its newest value.
      for (let i = counts.length - 1; i >= 0; i--) {
        keys.push(valueAt(values, i));
        times.push(counts[i]!);
      }
      writer.write(out, keys, times);
      builder.append(out);
    }
    return builder.finish();
  }

  clear(slot: number): void {
    this.#counted.clear(slot);
  }
}

/** Keeps each value as a ROW of one field, so that a NULL has its place in the list. */
class ArrayAggregator implements Aggregator {
  readonly #type: SqlType;
  readonly #boxType: SqlType;
  readonly #boxes: RowWriter;
  readonly #list: ValueList;

  constructor(state: StateFactory, type: SqlType) {
    this.#type = type;
    this.#boxType = rowOf([{ name: 'x', type }]);
    this.#boxes = new RowWriter([type]);
    this.#list = new ValueList(state, this.#boxType);
  }

  ensure(slotCount: number): void {
    this.#list.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const boxed = this.#box(args[0]!, rows, count);
    for (let k = 0; k < count; k++) this.#list.add(slots[k]!, boxed, k, 0n);
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const boxed = this.#box(args[0]!, rows, count);
    for (let k = 0; k < count; k++) this.#list.remove(slots[k]!, boxed, k, undefined);
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = (from as ArrayAggregator).#list;
    for (let k = 0; k < count; k++) this.#list.merge(other, fromSlots[k]!, slots[k]!);
  }

  result(slots: Int32Array, count: number): Column {
    const builder = new ColumnBuilder(arrayOf(this.#type), count);
    const writer = new ArrayWriter(this.#type);
    const reader = new RowReader([this.#type]);
    const out = new ByteSlice();
    const held = new ByteSlice();
    for (let k = 0; k < count; k++) {
      const values: Value[] = [];
      for (let entry = this.#list.first(slots[k]!); entry >= 0; entry = this.#list.after(entry)) {
        // What the list hands out is a register; its bytes stay where they are.
        held.alias(this.#list.values.get(entry) as ByteSlice);
        values.push(reader.open(held).value(0));
      }
      if (values.length === 0) {
        builder.appendNull();
        continue;
      }
      writer.write(out, values);
      builder.append(out);
    }
    return builder.finish();
  }

  clear(slot: number): void {
    this.#list.clear(slot);
  }

  #box(column: Column, rows: Int32Array, count: number): Column {
    const builder = new ColumnBuilder(this.#boxType, count);
    const out = new ByteSlice();
    for (let k = 0; k < count; k++) {
      this.#boxes.write(out, [valueAt(column, rows[k]!)]);
      builder.append(out);
    }
    return builder.finish();
  }
}
