import { LinearHost } from '../../columnar/linear/linear-memory.ts';
import { PagedArray, type PagedLayout } from '../../columnar/paged-array.ts';
import type {
  BytesStore,
  KeyTable,
  StateFactory,
  StateReader,
  StateWriter,
  ValueStore,
} from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { createKeyTable } from './key-table.ts';
import { PagedBytesStore } from './paged-bytes-store.ts';
import { CloneStore } from './clone-store.ts';

interface Entry {
  snapshot(into: StateWriter): void;
  restore(from: StateReader): void;
  readonly bytes: number;
}

/** Holds everything that was made through it or its scopes by name, and writes and reads all of it. */
export class StateRegistry implements StateFactory {
  readonly #entries: Map<string, Entry>;
  readonly #prefix: string;
  readonly #host: LinearHost;
  readonly #restored: { reader: StateReader | undefined };

  constructor(parent?: StateRegistry, prefix = '') {
    this.#entries = parent === undefined ? new Map<string, Entry>() : parent.#entries;
    this.#restored = parent === undefined ? { reader: undefined } : parent.#restored;
    this.#host = parent === undefined ? new LinearHost() : parent.#host;
    this.#prefix = prefix;
  }

  array<L extends PagedLayout>(name: string, layout: L): PagedArray<L> {
    const array = new PagedArray(layout, this.#host);
    this.#register(name, {
      snapshot: (into) => into.put('items', { pages: array.pages, length: array.capacity }),
      restore: (from) => array.adopt(from.get('items').pages),
      get bytes() {
        return array.bytes;
      },
    });
    return array;
  }

  bytes(name: string): BytesStore {
    return this.#register(name, new PagedBytesStore());
  }

  keys(name: string, types: readonly SqlType[]): KeyTable {
    return this.#register(name, createKeyTable(types, this.#host));
  }

  values(name: string): ValueStore {
    return this.#register(name, new CloneStore(name));
  }

  scope(name: string): StateRegistry {
    return new StateRegistry(this, `${this.#prefix}${name}.`);
  }

  /** Bytes of memory behind everything made here, of all scopes. */
  get memoryBytes(): number {
    let sum = 0;
    for (const entry of this.#entries.values()) sum += entry.bytes;
    return sum;
  }

  snapshot(into: StateWriter): void {
    for (const [name, entry] of this.#entries) entry.snapshot(into.scope(name));
    into.putJson('names', [...this.#entries.keys()]);
  }

  /** Fills what was made so far; what is made later under a name of the snapshot is filled when it is made. */
  restore(from: StateReader): void {
    const names = new Set(from.getJson('names') as string[]);
    for (const [name, entry] of this.#entries) if (names.delete(name)) entry.restore(from.scope(name));
    this.#restored.reader = names.size > 0 ? from : undefined;
  }

  #register<T extends Entry>(name: string, entry: T): T {
    const full = this.#prefix + name;
    if (this.#entries.has(full)) throw new InternalError(`state "${full}" is made twice`);
    this.#entries.set(full, entry);
    const reader = this.#restored.reader;
    if (reader !== undefined && (reader.getJson('names') as string[]).includes(full)) entry.restore(reader.scope(full));
    return entry;
  }
}
