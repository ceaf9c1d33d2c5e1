import { SluiceError, type Note } from '../../errors/sluice-error.ts';

/** Where a user function comes from and what is done about its failures. */
export interface UserFunctionPlace {
  readonly title: string;
  readonly onError: 'fail' | 'null' | 'skip';
  /** "function "f" was created", at CREATE FUNCTION; none for functions of the API. */
  readonly note: Note | undefined;
  /** A line for the user. */
  readonly warn: (line: string) => void;
}

/** What a function did wrong: threw, or gave a value that does not fit. */
export function functionFailed(place: UserFunctionPlace, what: string, cause?: unknown): SluiceError {
  return new SluiceError('FUNCTION_FAILED', `function "${place.title}" ${what}`, {
    notes: place.note === undefined ? [] : [place.note],
    hint: "Functions declare what happens then: onError 'fail', 'null' or 'skip'.",
    cause,
  });
}

/** An error of user code in one line; our own errors pass. */
export function thrownText(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return `threw: ${text.split('\n', 1)[0] ?? ''}`;
}

/** Decides over failures of one function: throws, or reports the first, the tenth, the hundredth … and lets go on. */
export class FailurePolicy {
  readonly #place: UserFunctionPlace;
  #count = 0;
  #next = 1;

  constructor(place: UserFunctionPlace) {
    this.#place = place;
  }

  /** @throws SluiceError FUNCTION_FAILED under `fail` */
  failed(what: string, cause?: unknown): void {
    const { title, onError, warn } = this.#place;
    if (cause instanceof SluiceError) throw cause;
    if (onError === 'fail') throw functionFailed(this.#place, what, cause);
    this.#count++;
    if (this.#count < this.#next) return;
    this.#next *= 10;
    const times = this.#count === 1 ? '' : `, ${this.#count} times so far`;
    warn(`function "${title}" ${what}${times} (onError '${onError}')`);
  }
}
