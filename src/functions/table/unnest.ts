import type { ColumnBuilder, Value } from '../../columnar/builder.ts';
import { ByteSlice } from '../../columnar/byte-slice.ts';
import { ArrayReader } from '../../columnar/nested/array-codec.ts';
import { MapReader } from '../../columnar/nested/map-codec.ts';
import { RowReader } from '../../columnar/nested/row-codec.ts';
import type { TableExpander, TableFunction, TableRows } from '../../contracts/function.ts';
import { field, type Field } from '../../types/schema.ts';
import { INT, type SqlType } from '../../types/sql-type.ts';
import { readBytes, tableFunction } from './table-definition.ts';

/** Puts one element into its columns. */
type Put = (element: Value, out: readonly ColumnBuilder[]) => void;

function unnestFunction(name: string, ordinality: boolean, doc: string): TableFunction {
  return tableFunction({
    name,
    syntax: [ordinality ? 'UNNEST(collection) WITH ORDINALITY' : 'UNNEST(collection)'],
    doc,
    resolve({ types: [type, ...rest] }) {
      if (type === undefined || rest.length > 0) return undefined;
      const columns = columnsOf(type);
      if (columns === undefined) return undefined;
      const all = ordinality ? [...columns, field('ordinality', INT, false)] : columns;
      return { args: [type], columns: all, create: () => expander(type, ordinality) };
    },
  });
}

export const unnestFunctions: readonly TableFunction[] = [
  unnestFunction(
    'UNNEST',
    false,
    'A row for each element of an ARRAY or MULTISET, in the columns of the element where it is a ROW; of a MAP a row of key and value. No rows for NULL and for nothing.',
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

function expander(type: SqlType, ordinality: boolean): TableExpander {
  const slice = new ByteSlice();
  const places = new Places(ordinality);
  if (type.kind === 'map') {
    const entries = new MapReader(type.key, type.value);
    return {
      expand(args, row, _from, out) {
        if (!readBytes(args[0]!, row, slice)) return 0;
        entries.open(slice);
        for (let i = 0; i < entries.count; i++) {
          out.columns[0]!.append(entries.keys.value(i));
          out.columns[1]!.append(entries.values.value(i));
          places.end(i + 1, out);
        }
        return 0;
      },
    };
  }
  if (type.kind === 'multiset') {
    const entries = new MapReader(type.element, INT);
    const put = putter(type.element);
    return {
      expand(args, row, _from, out) {
        if (!readBytes(args[0]!, row, slice)) return 0;
        entries.open(slice);
        for (let i = 0, place = 1; i < entries.count; i++) {
          const element = entries.keys.value(i);
          for (let left = Number(entries.values.value(i)); left > 0; left--) {
            put(element, out.columns);
            places.end(place++, out);
          }
        }
        return 0;
      },
    };
  }
  if (type.kind !== 'array') return { expand: () => 0 };
  const elements = new ArrayReader(type.element);
  const put = putter(type.element);
  return {
    expand(args, row, _from, out) {
      if (!readBytes(args[0]!, row, slice)) return 0;
      elements.open(slice);
      for (let i = 0; i < elements.count; i++) {
        put(elements.value(i), out.columns);
        places.end(i + 1, out);
      }
      return 0;
    },
  };
}

function putter(element: SqlType): Put {
  if (element.kind !== 'row') return (value, out) => out[0]!.append(value);
  const fields = new RowReader(element.fields.map((one) => one.type));
  const width = element.fields.length;
  return (value, out) => {
    if (value === null) for (let i = 0; i < width; i++) out[i]!.appendNull();
    else for (let i = 0; i < width; i++) out[i]!.append(field(i, value as ByteSlice));
  };
  function field(i: number, value: ByteSlice): Value {
    if (i === 0) fields.open(value);
    return fields.value(i);
  }
}

/** The last column of WITH ORDINALITY. */
class Places {
  readonly #given: boolean;

  constructor(given: boolean) {
    this.#given = given;
  }

  end(place: number, out: TableRows): void {
    if (this.#given) out.columns.at(-1)?.append(place);
    out.endRow();
  }
}
