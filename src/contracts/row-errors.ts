import { ConnectorError } from '../errors/sluice-error.ts';
import type { Counter } from './operator.ts';

/** What happens to a field that does not parse as its declared type (`onError` of a table). */
export type OnError = 'null' | 'skip' | 'fail';

const SAMPLES_PER_SECOND = 5;
const SHOWN_BYTES = 120;

/**
 * The policy for unparsable rows of one table: counted always, sampled on stderr with columnErrorDebug, NULL, skipped
 * or fatal by `onError`. Never silent.
 */
export class RowErrors {
  readonly policy: OnError;
  readonly #table: string;
  readonly #counter: Counter;
  readonly #debug: boolean;
  readonly #warn: (message: string) => void;
  readonly #now: () => number;
  #second = 0;
  #samples = 0;

  constructor(settings: {
    readonly policy: OnError;
    readonly table: string;
    readonly counter: Counter;
    readonly debug: boolean;
    readonly warn: (message: string) => void;
    readonly now: () => number;
  }) {
    this.policy = settings.policy;
    this.#table = settings.table;
    this.#counter = settings.counter;
    this.#debug = settings.debug;
    this.#warn = settings.warn;
    this.#now = settings.now;
  }

  /**
   * Records one bad field or row. The caller then writes NULL or drops the row, as `policy` says.
   * @param what `column "status" (INT)` or `line 17`; `text` is the raw value, shown cut.
   * @throws ConnectorError ROW_INVALID under `fail`
   */
  report(what: string, text: string): void {
    this.#counter.add(1);
    const shown = text.length > SHOWN_BYTES ? `${text.slice(0, SHOWN_BYTES)}…` : text;
    if (this.policy === 'fail') {
      throw new ConnectorError(
        'ROW_INVALID',
        `${what} of table "${this.#table}" does not parse: ${JSON.stringify(shown)}`,
        {
          domain: 'external',
          hint: "Set onError = 'null' or 'skip' on the table to go on past bad rows.",
        },
      );
    }
    if (!this.#debug) return;
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#samples = 0;
    }
    if (this.#samples++ < SAMPLES_PER_SECOND) {
      this.#warn(`${what} of table "${this.#table}" does not parse: ${JSON.stringify(shown)}`);
    }
  }
}
