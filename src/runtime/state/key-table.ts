import type { LinearHost } from '../../columnar/linear/linear-memory.ts';
import type { KeyTable, StateReader, StateWriter } from '../../contracts/state.ts';
import { layoutOf } from '../../types/layout.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { EncodedKeyTable } from './encoded-key-table.ts';
import { holdsMap } from '../../columnar/nested/equality.ts';
import { FixedKeyTable } from './fixed-key-table.ts';
import { MapKeyTable } from './map-key-table.ts';
import { StringKeyTable } from './string-key-table.ts';

/** A key table that can be written and read back. */
export interface StoredKeyTable extends KeyTable {
  snapshot(into: StateWriter): void;
  restore(from: StateReader): void;
}

/** The key table for keys of these types. @param host has a memory for what is large */
export function createKeyTable(types: readonly SqlType[], host?: LinearHost): StoredKeyTable {
  const table = plainTable(types, host);
  return types.some(holdsMap) ? new MapKeyTable(table, types) : table;
}

function plainTable(types: readonly SqlType[], host: LinearHost | undefined): StoredKeyTable {
  const only = types[0];
  if (types.length === 1 && only !== undefined) {
    const layout = layoutOf(only);
    if (layout === 'bytes') return new StringKeyTable(only, host);
    if (layout !== 'i128') return new FixedKeyTable(only, host);
  }
  return new EncodedKeyTable(types, host);
}
