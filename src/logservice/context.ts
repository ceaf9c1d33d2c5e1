import type { ServiceCounters } from './counters.ts';
import type { Catalog } from './model/catalog.ts';
import type { QuotaGuard } from './quota/quota-guard.ts';

/** What every API handler works on. */
export interface ServiceContext {
  readonly catalog: Catalog;
  readonly counters: ServiceCounters;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The same by a clock that nobody sets: who was heard when. A step of the other one must dismiss no consumer. */
  readonly steadyNow: () => number;
  /** Logs older than this are refused; undefined takes logs of any time. */
  readonly logTimeWindowMs: number | undefined;
  /** A pull answer holds at most this many raw bytes, but at least one group. */
  readonly pullMaxBytes: number;
  /** undefined: no call is too much. */
  readonly quota: QuotaGuard | undefined;
}
