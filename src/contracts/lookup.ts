import type { Batch } from '../columnar/batch.ts';
import type { Column } from '../columnar/column.ts';
import type { Schema } from '../types/schema.ts';
import type { ConnectorContext } from './connector.ts';
import { bool, int, oneOf, text, type OptionSet, type OptionSpec } from './options.ts';

export interface LookupContext extends ConnectorContext {
  /** Indexes into `table.columns` to fetch, in output order. */
  readonly wanted: readonly number[];
  /** Indexes into `table.columns` of the columns that are compared with the keys of `lookup`, in their order. */
  readonly keys: readonly number[];
  /** Schema of the batches: the wanted columns. */
  readonly schema: Schema;
  readonly maxBatchRows: number;
  /** More rows of one key are not asked for; undefined: any number. */
  readonly maxRows: number | undefined;
}

export interface LookupResult {
  /** The wanted columns. */
  readonly rows: Batch;
  /** For each row of `rows` the number of its key in the request. */
  readonly keyOf: Int32Array;
}

/** Fetches rows of a dimension table. Several calls of `lookup` may run at the same time. */
export interface Lookup {
  open(): Promise<void>;
  /** The rows of these distinct keys, none NULL; `count` of them in one column per key. Absent: the table is loaded whole. */
  lookup?(keys: readonly Column[], count: number): Promise<LookupResult>;
  /** Every row, for cache ALL. Absent: the table is never loaded whole. */
  scanAll?(): AsyncIterable<Batch> | Iterable<Batch>;
  close(): Promise<void>;
}

/** The caches of a connector's dimension tables, the default first. */
export type LookupCaches = readonly ('None' | 'LRU' | 'ALL')[];

/** WITH options of every table that can be looked up (blink-sql 6.3). */
export function lookupOptions(caches: LookupCaches): OptionSet {
  return {
    cache: cacheOption(caches),
    cacheSize: int({ help: 'dimension table: keys that LRU remembers', default: 10_000, min: 1 }),
    cacheTTLMs: int({ help: 'dimension table: LRU forgets, ALL loads again after so long; default never', min: 1 }),
    cacheEmpty: bool({ help: 'dimension table: LRU remembers that a key has no row', default: true }),
    cacheReloadTimeBlackList: timeRanges({ help: 'dimension table: periods in which ALL does not load again' }),
    maxJoinRows: int({ help: 'dimension table: most rows of one key of an INDEX', default: 1024, min: 1 }),
    partitionedJoin: bool({
      help: 'dimension table: route rows by key, so that each task caches its share',
      default: false,
    }),
    async: bool({ help: 'dimension table: several lookups at the same time', default: false }),
  };
}

function cacheOption(caches: LookupCaches): OptionSpec {
  const [first] = caches;
  const help = 'dimension table: how its rows are kept at hand';
  const known = oneOf(['None', 'LRU', 'ALL'], { help, ...(first && { default: first }) });
  const parse = (value: string): string => {
    const word = known.parse(value);
    if (caches.some((one) => one === word)) return word;
    throw new Error(`takes ${caches.map((one) => `'${one}'`).join(' or ')} here`);
  };
  return { ...known, parse, form: caches.map((one) => `'${one}'`).join(', '), words: caches };
}

const range = /^\s*(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)\s*->\s*(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)\s*$/;

/** `2017-10-24 14:00 -> 2017-10-24 15:00, …`; checked here, read by `timeRangesOf`. */
function timeRanges(settings: { readonly help: string }): OptionSpec<string> {
  const parse = (value: string): string => {
    if (value.trim() !== '' && !value.split(',').every((one) => range.test(one))) {
      throw new Error("takes periods like '2017-10-24 14:00 -> 2017-10-24 15:00, …'");
    }
    return value;
  };
  return { ...text(settings), parse, form: "periods like '2017-10-24 14:00 -> 2017-10-24 15:00, …'" };
}

/** The ends of each period as texts `YYYY-MM-DD HH:MM[:SS]` of the table's time zone. */
export function timeRangesOf(value: string): readonly (readonly [string, string])[] {
  return value.split(',').flatMap((one): [string, string][] => {
    const found = range.exec(one);
    return found === null ? [] : [[found[1]!, found[2]!]];
  });
}
