import type { SqlType } from '../../types/sql-type.ts';
import type { ColumnOrigin } from '../../wire/sls/decode-log-groups.ts';
import type { TableColumn } from '../../contracts/connector.ts';

const TAG_PREFIX = '__tag__:';

const BYTES: readonly SqlType['kind'][] = ['varchar', 'char', 'varbinary', 'binary'];
const NUMBERS: readonly SqlType['kind'][] = ['varchar', 'char', 'bigint', 'int', 'double', 'decimal'];
const ANY: readonly SqlType['kind'][] = [
  ...NUMBERS,
  'boolean',
  'tinyint',
  'smallint',
  'float',
  'varbinary',
  'binary',
  'date',
  'time',
  'timestamp',
];

/** The types a HEADER column of this name can have. Every name that is not an attribute of logs is a tag. */
export function headerTypes(name: string): { readonly types: readonly SqlType['kind'][] } {
  switch (name) {
    case '__topic__':
    case '__source__':
      return { types: BYTES };
    case '__logstore__':
      return { types: BYTES };
    case '__timestamp__':
    case '__time__':
    case '__time_ns_part__':
    case '__shard__':
      return { types: NUMBERS };
    default:
      return { types: ANY };
  }
}

/** Where the values of a declared column come from. @param place what logs themselves do not say */
export function originOf(
  column: TableColumn,
  place: { readonly logStore: string; readonly shard: number },
): ColumnOrigin {
  if (!column.header) return { kind: 'content', key: column.name };
  const name = column.attribute ?? column.name;
  switch (name) {
    case '__topic__':
      return { kind: 'topic' };
    case '__source__':
      return { kind: 'source' };
    case '__timestamp__':
    case '__time__':
      return { kind: 'time' };
    case '__time_ns_part__':
      return { kind: 'time-ns' };
    case '__logstore__':
      return { kind: 'constant', text: place.logStore };
    case '__shard__':
      return { kind: 'constant', text: String(place.shard) };
    default:
      return {
        kind: 'tag',
        key: name.startsWith(TAG_PREFIX) ? name.slice(TAG_PREFIX.length) : name,
      };
  }
}
