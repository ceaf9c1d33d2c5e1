import type { FoundLog } from './scan-logs.ts';

/** The first `limit` of many logs by time (last ones where `reverse`), in memory for about twice as many. */
export class FirstByTime {
  readonly #limit: number;
  readonly #sign: 1 | -1;
  #logs: { readonly found: FoundLog; readonly order: number }[] = [];
  #seen = 0;

  constructor(limit: number, reverse: boolean) {
    this.#limit = limit;
    this.#sign = reverse ? -1 : 1;
  }

  /** All logs added, kept or not. */
  get seen(): number {
    return this.#seen;
  }

  add(found: FoundLog): void {
    this.#logs.push({ found, order: this.#seen++ });
    if (this.#logs.length > 2 * this.#limit + 1000) this.#prune();
  }

  /** Logs of the same time stay in the order they were added, or turn it with `reverse`. */
  take(): FoundLog[] {
    this.#prune();
    return this.#logs.map(({ found }) => found);
  }

  #prune(): void {
    const sign = this.#sign;
    this.#logs.sort(
      (a, b) => sign * (a.found.timeSec - b.found.timeSec || a.found.timeNs - b.found.timeNs || a.order - b.order),
    );
    this.#logs.length = Math.min(this.#logs.length, this.#limit);
  }
}
