import type { ColumnBuilder, Value } from '../../columnar/builder.ts';
import { ByteSlice } from '../../columnar/byte-slice.ts';
import { ArrayReader } from '../../columnar/nested/array-codec.ts';
import { MapReader } from '../../columnar/nested/map-codec.ts';
import { RowReader } from '../../columnar/nested/row-codec.ts';
import type { Column } from '../../columnar/column.ts';
import type { TableExpander, TableFunction } from '../../contracts/function.ts';
import { field, type Field } from '../../types/schema.ts';
import { INT, type SqlType } from '../../types/sql-type.ts';
import { readBytes, tableFunction } from './table-definition.ts';

/** The elements of one argument, one after the other. */
interface Elements {
  readonly width: number;
  /** Goes to the first element of a row's value. */
  open(column: Column, row: number): void;
  /** Puts the next element into its columns, from `out[at]` on; false: there is none. */
  next(out: readonly ColumnBuilder[], at: number): boolean;
}

function unnestFunction(name: string, ordinality: boolean, doc: string): TableFunction {
  const form = (args: string): string => `UNNEST(${args})${ordinality ? ' WITH ORDINALITY' : ''}`;
  return tableFunction({
    name,
    syntax: [form('collection'), form('collection, …')],
    doc,
    resolve({ types }) {
      const lists = types.map(columnsOf);
      const columns = lists.flatMap((one) => one ?? []);
      if (lists.length === 0 || lists.includes(undefined)) return undefined;
      const all = named(ordinality ? [...columns, field('ordinality', INT, false)] : columns);
      return { args: types, columns: all, create: () => expander(types, ordinality) };
    },
  });
}

export const unnestFunctions: readonly TableFunction[] = [
  unnestFunction(
    'UNNEST',
    false,
    'A row for each element of an ARRAY or MULTISET, in the columns of the element where it is a ROW; of a MAP a row of key and value. No rows for NULL and for nothing. Of several collections the first elements make a row, then the second ones; the shorter ones are filled up with NULL.',
  ),
  unnestFunction('UNNEST WITH ORDINALITY', true, 'The rows of UNNEST, each with its place from 1 as the last column.'),
];

function columnsOf(type: SqlType): readonly Field[] | undefined {
  switch (type.kind) {
    case 'array':
    case 'multiset':
      return type.element.kind === 'row'
        ? type.element.fields.map((one) => field(one.name, one.type))
        : [field('f0', type.element)];
    case 'map':
      return [field('key', type.key), field('value', type.value)];
    default:
      return undefined;
  }
}

/** Several collections: `f0`, `f1` …; another column of a name that is taken gets a number. */
function named(columns: readonly Field[]): readonly Field[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    const stem = column.name === 'f0' ? 'f' : column.name;
    let { name } = column;
    for (let i = 0; taken.has(name); i++) name = `${stem}${i}`;
    taken.add(name);
    return name === column.name ? column : { ...column, name };
  });
}

function expander(types: readonly SqlType[], ordinality: boolean): TableExpander {
  const lists = types.map(elementsOf);
  return {
    expand(args, row, _from, out) {
      lists.forEach((list, i) => list.open(args[i]!, row));
      for (let place = 1; ; place++) {
        // Whether there is another row is known only when all were asked: what was put by then stays.
        let found = 0;
        for (let i = 0, at = 0; i < lists.length; at += lists[i++]!.width) {
          if (lists[i]!.next(out.columns, at)) {
            if (found++ === 0) fill(lists, i, out.columns);
          } else if (found > 0) putNulls(out.columns, at, lists[i]!.width);
        }
        if (found === 0) return 0;
        if (ordinality) out.columns.at(-1)?.append(place);
        out.endRow();
      }
    },
  };
}

/** NULLs for the lists before the first one that still has an element. */
function fill(lists: readonly Elements[], count: number, out: readonly ColumnBuilder[]): void {
  for (let i = 0, at = 0; i < count; at += lists[i++]!.width) putNulls(out, at, lists[i]!.width);
}

function putNulls(out: readonly ColumnBuilder[], at: number, count: number): void {
  for (let i = 0; i < count; i++) out[at + i]!.appendNull();
}

function elementsOf(type: SqlType): Elements {
  const slice = new ByteSlice();
  let next = 0;
  let count = 0;
  if (type.kind === 'map') {
    const entries = new MapReader(type.key, type.value);
    return {
      width: 2,
      open(column, row) {
        next = 0;
        count = 0;
        if (!readBytes(column, row, slice)) return;
        entries.open(slice);
        count = entries.count;
      },
      next(out, at) {
        if (next === count) return false;
        out[at]!.append(entries.keys.value(next));
        out[at + 1]!.append(entries.values.value(next++));
        return true;
      },
    };
  }
  if (type.kind === 'multiset') {
    const entries = new MapReader(type.element, INT);
    const put = putter(type.element);
    let left = 0;
    return {
      width: put.width,
      open(column, row) {
        next = -1;
        count = 0;
        left = 0;
        if (!readBytes(column, row, slice)) return;
        entries.open(slice);
        count = entries.count;
      },
      next(out, at) {
        while (left === 0) {
          if (++next >= count) {
            next = count;
            return false;
          }
          left = Number(entries.values.value(next));
        }
        left--;
        put.element(entries.keys.value(next), out, at);
        return true;
      },
    };
  }
  if (type.kind !== 'array') return { width: 0, open: () => undefined, next: () => false };
  const elements = new ArrayReader(type.element);
  const put = putter(type.element);
  return {
    width: put.width,
    open(column, row) {
      next = 0;
      count = 0;
      if (!readBytes(column, row, slice)) return;
      elements.open(slice);
      count = elements.count;
    },
    next(out, at) {
      if (next === count) return false;
      put.element(elements.value(next++), out, at);
      return true;
    },
  };
}

interface Putter {
  readonly width: number;
  readonly element: (element: Value, out: readonly ColumnBuilder[], at: number) => void;
}

/** Puts one element into its columns: one, or those of a ROW. */
function putter(element: SqlType): Putter {
  if (element.kind !== 'row') return { width: 1, element: (value, out, at) => out[at]!.append(value) };
  const fields = new RowReader(element.fields.map((one) => one.type));
  const width = element.fields.length;
  return {
    width,
    element(value, out, at) {
      if (value === null) return putNulls(out, at, width);
      fields.open(value as ByteSlice);
      for (let i = 0; i < width; i++) out[at + i]!.append(fields.value(i));
    },
  };
}
