import { ColumnBuilder, type Value } from '../../columnar/builder.ts';
import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Column } from '../../columnar/column.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { Aggregator, AggregateFunction } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import { VARCHAR, isString } from '../../types/sql-type.ts';
import { timeZone } from '../../values/zone.ts';
import { jsonText, nullClause, sortedJson } from '../scalar/json-build.ts';
import { aggregate } from './aggregate-definition.ts';
import { ValueList } from './value-list.ts';

/** The JSON text of one row's arguments; undefined where the row adds nothing. */
type ItemText = (args: readonly Column[], row: number) => string | undefined;

const jsonArrayAgg = aggregate({
  name: 'JSON_ARRAYAGG',
  syntax: ['JSON_ARRAYAGG(x [NULL | ABSENT ON NULL])'],
  doc: 'A JSON array of the values by arrival; NULLs are left out unless NULL ON NULL is said.',
  resolve(site) {
    const { count, absent = true } = nullClause(site);
    const [type] = site.types;
    if (count !== 1 || type === undefined) return undefined;
    const zone = timeZone(site.context.timeZone);
    const item: ItemText = (args, row) => {
      const value = valueAt(args[0]!, row);
      return value === null && absent ? undefined : jsonText(type, value, zone);
    };
    return {
      args: site.types,
      returns: VARCHAR,
      retractable: true,
      create: (state) => new JsonItems(state, item, (items) => `[${items.join(',')}]`),
    };
  },
});

const jsonObjectAgg = aggregate({
  name: 'JSON_OBJECTAGG',
  syntax: ['JSON_OBJECTAGG([KEY] key VALUE value [NULL | ABSENT ON NULL])'],
  doc: 'A JSON object of the pairs, sorted by their keys; of equal keys the last one counts (an error in Flink), and a NULL key is an error. NULL values are kept unless ABSENT ON NULL is said.',
  resolve(site) {
    const { count, absent = false } = nullClause(site);
    const [keyType, type] = site.types;
    if (count !== 2 || keyType === undefined || type === undefined || !isString(keyType)) return undefined;
    const zone = timeZone(site.context.timeZone);
    const item: ItemText = (args, row) => {
      const key = valueAt(args[0]!, row);
      if (!(key instanceof ByteSlice)) throw new SluiceError('VALUE_INVALID', 'a key of JSON_OBJECTAGG is NULL');
      const value: Value = valueAt(args[1]!, row);
      return value === null && absent ? undefined : `${JSON.stringify(key.toString())}:${jsonText(type, value, zone)}`;
    };
    return {
      args: site.types,
      returns: VARCHAR,
      retractable: true,
      create: (state) => new JsonItems(state, item, site.context.compatibility === 'flink' ? objectOfOnce : objectOf),
    };
  },
});

export const jsonAggregates: readonly AggregateFunction[] = [jsonArrayAgg, jsonObjectAgg];

/** Of equal keys the last one. */
function objectOf(members: readonly string[]): string {
  const byKey = new Map<string, string>();
  for (const member of members) byKey.set(keyOf(member), member);
  return sortedJson(`{${[...byKey.values()].join(',')}}`);
}

/** Flink refuses a key that occurs twice. */
function objectOfOnce(members: readonly string[]): string {
  const keys = new Set<string>();
  for (const member of members) {
    const key = keyOf(member);
    if (keys.has(key)) throw new SluiceError('VALUE_INVALID', `the key ${key} of JSON_OBJECTAGG occurs twice`);
    keys.add(key);
  }
  return objectOf(members);
}

/** The quoted key that a member starts with. */
function keyOf(member: string): string {
  for (let i = 1; i < member.length; i++) {
    if (member[i] === '\\') i++;
    else if (member[i] === '"') return member.slice(0, i + 1);
  }
  return member;
}

/** Keeps the items as JSON text by arrival, so that any of them may be taken back. */
class JsonItems implements Aggregator {
  readonly #item: ItemText;
  readonly #join: (items: readonly string[]) => string;
  readonly #list: ValueList;

  constructor(state: StateFactory, item: ItemText, join: (items: readonly string[]) => string) {
    this.#item = item;
    this.#join = join;
    this.#list = new ValueList(state, VARCHAR);
  }

  ensure(slotCount: number): void {
    this.#list.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#each(args, rows, slots, count, (slot, column, row) => this.#list.add(slot, column, row, 0n));
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#each(args, rows, slots, count, (slot, column, row) => this.#list.remove(slot, column, row, undefined));
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = (from as JsonItems).#list;
    for (let k = 0; k < count; k++) this.#list.merge(other, fromSlots[k]!, slots[k]!);
  }

  result(slots: Int32Array, count: number): Column {
    const builder = new ColumnBuilder(VARCHAR, count);
    for (let k = 0; k < count; k++) {
      const items: string[] = [];
      for (let entry = this.#list.first(slots[k]!); entry >= 0; entry = this.#list.after(entry)) {
        items.push((this.#list.values.get(entry) as ByteSlice).toString());
      }
      builder.appendString(this.#join(items));
    }
    return builder.finish();
  }

  clear(slot: number): void {
    this.#list.clear(slot);
  }

  #each(
    args: readonly Column[],
    rows: Int32Array,
    slots: Int32Array,
    count: number,
    take: (slot: number, column: Column, row: number) => void,
  ): void {
    const builder = new ColumnBuilder(VARCHAR, count);
    const into: number[] = [];
    for (let k = 0; k < count; k++) {
      const text = this.#item(args, rows[k]!);
      if (text === undefined) continue;
      builder.appendString(text);
      into.push(slots[k]!);
    }
    const column = builder.finish();
    into.forEach((slot, row) => take(slot, column, row));
  }
}
