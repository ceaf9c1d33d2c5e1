import type { Column } from '../../columnar/column.ts';
import type { Lookup } from '../../contracts/lookup.ts';
import type { Counter, OperatorContext } from '../../contracts/operator.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import type { LookupJoinExec } from '../../planner/physical/time-joins.ts';
import { gather } from '../rows.ts';
import type { Dimension, Found } from './dimension.ts';
import { fetchedSchema } from './dimension.ts';
import { KeyCache } from './key-cache.ts';

/** Keys of one request, and requests at the same time where the table says async. */
const REQUEST_KEYS = 256;
const REQUESTS = 8;

/** cache = 'None' and 'LRU': the distinct keys of a batch that are not at hand are fetched, several in one request. */
export class FetchedDimension implements Dimension {
  readonly #lookup: Lookup;
  readonly #ask: NonNullable<Lookup['lookup']>;
  readonly #cache: KeyCache;
  readonly #requests: number;
  readonly #now: () => number;
  readonly #hits: Counter;
  readonly #misses: Counter;
  readonly #lookups: Counter;
  #slots = new Int32Array(0);

  constructor(node: LookupJoinExec, lookup: Lookup, context: OperatorContext) {
    this.#lookup = lookup;
    this.#ask = (keys, count) => {
      if (lookup.lookup !== undefined) return lookup.lookup(keys, count);
      throw new InternalError(`table "${node.table.name}" is not asked by key`);
    };
    const schema = fetchedSchema(node);
    const keyTypes = node.keys.map((one) => node.table.columns[one.column]!.type);
    this.#cache = new KeyCache(node.cache, { schema, keyTypes, maxRows: node.maxRows });
    this.#requests = node.table.options.bool('async') ? REQUESTS : 1;
    this.#now = context.now;
    this.#hits = context.metrics.counter('cacheHits');
    this.#misses = context.metrics.counter('cacheMisses');
    this.#lookups = context.metrics.counter('lookups');
    context.metrics.gauge('cacheBytes', () => this.#cache.bytes);
    context.metrics.gauge('cacheKeys', () => this.#cache.size);
  }

  open(): Promise<void> {
    return this.#lookup.open();
  }

  async find(keys: readonly Column[], rows: Int32Array, count: number): Promise<Found> {
    const cache = this.#cache;
    if (this.#slots.length < count) this.#slots = new Int32Array(count * 2);
    const slots = this.#slots;
    const missing = cache.ask(keys, rows, count, slots, this.#now());
    this.#misses.add(missing.length);
    this.#hits.add(count - missing.length);
    if (missing.length > 0) await this.#fetch(keys, rows, missing);
    return {
      first: (k) => cache.first(slots[k]!),
      next: (row) => cache.next(row),
      column: (column, refs, size) => cache.column(column, refs, size),
      done: () => cache.settle(),
    };
  }

  close(): Promise<void> {
    return this.#lookup.close();
  }

  async #fetch(keys: readonly Column[], rows: Int32Array, missing: readonly number[]): Promise<void> {
    const parts: Int32Array[] = [];
    for (let from = 0; from < missing.length; from += REQUEST_KEYS) {
      parts.push(Int32Array.from(missing.slice(from, from + REQUEST_KEYS)));
    }
    const slots = this.#slots;
    const work = async (): Promise<void> => {
      for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
        const places = part;
        const asked = places.map((k) => rows[k]!);
        const columns = keys.map((column) => gather(column, asked, asked.length));
        this.#lookups.add(1);
        const result = await this.#ask(columns, asked.length);
        this.#cache.fill(
          places.map((k) => slots[k]!),
          result,
          this.#now(),
        );
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#requests, parts.length) }, work));
  }
}
