import type { Batch } from '../../columnar/batch.ts';
import type { Lookup, LookupContext } from '../../contracts/lookup.ts';
import { FileSource } from './source.ts';

/** A file as a dimension table: always read whole, also while it is followed. */
export class FileLookup implements Lookup {
  readonly #context: LookupContext;

  constructor(context: LookupContext) {
    this.#context = context;
  }

  async open(): Promise<void> {
    // Every scan opens the files anew: they may have been replaced.
  }

  async *scanAll(): AsyncGenerator<Batch> {
    const source = new FileSource({ ...this.#context, filter: [], watermarkInputs: [] });
    try {
      for (const split of await source.open()) {
        const reader = await source.openSplit(split, undefined);
        try {
          for (let status = 'more'; status === 'more';) {
            const result = await reader.read();
            yield* result.batches;
            status = result.status;
          }
        } finally {
          await reader.close();
        }
      }
    } finally {
      await source.close();
    }
  }

  async close(): Promise<void> {
    // Nothing stays open between scans.
  }
}
