/** Runs asynchronous work one after the other, in the order it was handed in. */
export class Serial {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    // A failure belongs to whoever handed the work in; the next one runs all the same.
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
