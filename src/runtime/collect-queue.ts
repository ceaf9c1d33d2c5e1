import type { Batch } from '../columnar/batch.ts';

interface Waiter {
  readonly resolve: (result: IteratorResult<Batch, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** Batches on their way from a job to its caller. At most `capacity` wait before the job does. One reader. */
export class CollectQueue implements AsyncIterableIterator<Batch, undefined> {
  readonly #capacity: number;
  readonly #onCancel: () => void;
  readonly #waiting: Batch[] = [];
  #reader: Waiter | undefined;
  #drained: (() => void) | undefined;
  #finished = false;
  #released = false;
  #error: { readonly error: unknown } | undefined;

  /** @param onCancel called when the reader leaves early */
  constructor(capacity: number, onCancel: () => void) {
    this.#capacity = capacity;
    this.#onCancel = onCancel;
  }

  /** The returned promise is back-pressure. */
  push(batch: Batch): void | Promise<void> {
    if (this.#finished) return undefined;
    const reader = this.#reader;
    if (reader !== undefined) {
      this.#reader = undefined;
      reader.resolve({ done: false, value: batch });
      return undefined;
    }
    this.#waiting.push(batch);
    if (this.#released || this.#waiting.length < this.#capacity) return undefined;
    return new Promise((resolve) => (this.#drained = resolve));
  }

  /** No back-pressure from here on: the job is stopping and must not wait for its reader. */
  release(): void {
    this.#released = true;
    this.#drained?.();
    this.#drained = undefined;
  }

  /** Nothing more comes; what waits can still be read, then `error` is thrown where there is one. */
  finish(error?: { readonly error: unknown }): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#error = error;
    this.release();
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) return;
    if (error === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(error.error);
  }

  async next(): Promise<IteratorResult<Batch, undefined>> {
    const batch = this.#waiting.shift();
    if (batch !== undefined) {
      if (this.#waiting.length < this.#capacity && this.#drained !== undefined) {
        this.#drained();
        this.#drained = undefined;
      }
      return { done: false, value: batch };
    }
    if (this.#finished) {
      if (this.#error !== undefined) throw this.#error.error;
      return { done: true, value: undefined };
    }
    return new Promise((resolve, reject) => (this.#reader = { resolve, reject }));
  }

  async return(): Promise<IteratorResult<Batch, undefined>> {
    this.#waiting.length = 0;
    this.finish();
    this.#onCancel();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
