import type { Column, Int64Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Aggregator, AggregateFunction } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { BIGINT, isNumeric, type SqlType } from '../../types/sql-type.ts';
import { aggregate } from './aggregate-definition.ts';
import { slotValues, type SlotValues } from './slot-values.ts';
import { ValueList } from './value-list.ts';

type End = 'first' | 'last';

function endValue(name: string, end: End): AggregateFunction {
  return aggregate({
    name,
    syntax: [`${name}(x [, order])`],
    doc: `The ${end} value that is not NULL, by arrival or by a BIGINT order. NULL over nothing.`,
    resolve({ types: [given, order, ...rest] }) {
      const type = given?.kind === 'null' ? BIGINT : given;
      if (type === undefined || rest.length > 0) return undefined;
      if (order !== undefined && !isNumeric(order) && order.kind !== 'timestamp') return undefined;
      return {
        args: order === undefined ? [type] : [type, BIGINT],
        returns: type,
        retractable: true,
        create: (state, retracts) =>
          retracts ? new RetractableEndValue(state, type, end) : new EndValue(state, type, end, order !== undefined),
      };
    },
  });
}

export const endValues: readonly AggregateFunction[] = [
  endValue('FIRST_VALUE', 'first'),
  endValue('LAST_VALUE', 'last'),
];

/** One value a slot, with its order number where one is given. */
class EndValue implements Aggregator {
  readonly #end: End;
  readonly #values: SlotValues;
  readonly #orders: PagedArray<'i64'> | undefined;

  constructor(state: StateFactory, type: SqlType, end: End, ordered: boolean) {
    this.#end = end;
    this.#values = slotValues(state, 'value', type);
    this.#orders = ordered ? state.array('order', 'i64') : undefined;
  }

  ensure(slotCount: number): void {
    this.#values.ensure(slotCount);
    this.#orders?.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const column = args[0]!;
    const order = args[1] as Int64Column | undefined;
    const { nulls } = column;
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) continue;
      const slot = slots[k]!;
      if (this.#orders !== undefined && order !== undefined) {
        // A row without an order number has no place.
        if (order.nulls !== null && order.nulls[row] === 1) continue;
        const at = order.values[row]!;
        if (!this.#precedes(at, slot, this.#orders)) continue;
        this.#orders.set(slot, at);
      } else if (this.#end === 'first' && this.#values.has(slot)) {
        continue;
      }
      this.#values.put(slot, column, row);
    }
  }

  /** Whether a value of this order number takes the place of the one held: equal numbers keep arrival order. */
  #precedes(order: bigint, slot: number, orders: PagedArray<'i64'>): boolean {
    if (!this.#values.has(slot)) return true;
    const held = orders.get(slot);
    return this.#end === 'first' ? order < held : order >= held;
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = from as EndValue;
    for (let k = 0; k < count; k++) {
      const [theirs, slot] = [fromSlots[k]!, slots[k]!];
      if (!other.#values.has(theirs)) continue;
      if (this.#orders !== undefined && other.#orders !== undefined) {
        const order = other.#orders.get(theirs);
        if (!this.#precedes(order, slot, this.#orders)) continue;
        this.#orders.set(slot, order);
      } else if (this.#end === 'first' && this.#values.has(slot)) {
        continue;
      }
      this.#values.copy(other.#values, theirs, slot);
    }
  }

  result(slots: Int32Array, count: number): Column {
    return this.#values.column(slots, count);
  }

  clear(slot: number): void {
    this.#values.clear(slot);
    this.#orders?.set(slot, 0n);
  }
}

/** All values of a group in order, because any may be taken back. */
class RetractableEndValue implements Aggregator {
  readonly #end: End;
  readonly #list: ValueList;

  constructor(state: StateFactory, type: SqlType, end: End) {
    this.#end = end;
    this.#list = new ValueList(state, type);
  }

  ensure(slotCount: number): void {
    this.#list.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    forEachPresent(args, rows, slots, count, (slot, row, order) => this.#list.add(slot, args[0]!, row, order ?? 0n));
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    forEachPresent(args, rows, slots, count, (slot, row, order) => this.#list.remove(slot, args[0]!, row, order));
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = (from as RetractableEndValue).#list;
    for (let k = 0; k < count; k++) this.#list.merge(other, fromSlots[k]!, slots[k]!);
  }

  result(slots: Int32Array, count: number): Column {
    const entries = new Int32Array(count);
    // The entry behind the last is never in use: it stands for "none".
    const none = this.#list.spare();
    for (let k = 0; k < count; k++) {
      const entry = this.#list[this.#end](slots[k]!);
      entries[k] = entry < 0 ? none : entry;
    }
    return this.#list.values.column(entries, count);
  }

  clear(slot: number): void {
    this.#list.clear(slot);
  }
}

/** Visits the rows whose arguments are not NULL. */
function forEachPresent(
  args: readonly Column[],
  rows: Int32Array,
  slots: Int32Array,
  count: number,
  visit: (slot: number, row: number, order: bigint | undefined) => void,
): void {
  const { nulls } = args[0]!;
  const order = args[1] as Int64Column | undefined;
  for (let k = 0; k < count; k++) {
    const row = rows[k]!;
    if (nulls !== null && nulls[row] === 1) continue;
    if (order === undefined) {
      visit(slots[k]!, row, undefined);
      continue;
    }
    if (order.nulls !== null && order.nulls[row] === 1) continue;
    visit(slots[k]!, row, order.values[row]);
  }
}
