import { deserialize, serialize } from 'node:v8';
import type { StateReader, StateWriter, ValueStore } from '../../contracts/state.ts';
import { StateError } from '../../errors/sluice-error.ts';

const PAGE_BYTES = 1 << 20;
// What an object of a few fields takes in V8, roughly: the values are not ours to measure.
const VALUE_BYTES = 128;

/**
 * Values that are not ours, by slot. They live as they are and are written as structured clones, which keep Map, Set,
 * Date, typed arrays and bigints; what cannot be cloned is an error of the snapshot.
 */
export class CloneStore implements ValueStore {
  readonly #name: string;
  #values: unknown[] = [];
  #used = 0;

  constructor(name: string) {
    this.#name = name;
  }

  get bytes(): number {
    return this.#used * VALUE_BYTES;
  }

  ensure(): void {
    // A list grows by itself.
  }

  get(slot: number): unknown {
    return this.#values[slot];
  }

  set(slot: number, value: unknown): void {
    if (this.#values[slot] === undefined) this.#used++;
    while (this.#values.length < slot) this.#values.push(undefined);
    this.#values[slot] = value;
  }

  clear(slot: number): void {
    if (this.#values[slot] === undefined) return;
    this.#used--;
    this.#values[slot] = undefined;
  }

  snapshot(into: StateWriter): void {
    let bytes: Buffer;
    try {
      bytes = serialize(this.#values);
    } catch (error) {
      throw new StateError(
        'FUNCTION_FAILED',
        `values of "${this.#name}" cannot be saved: ${(error as Error).message}`,
        {
          hint: 'Accumulators hold plain objects, arrays, Map, Set, Date, typed arrays, text and numbers; no functions.',
          cause: error,
        },
      );
    }
    const pages: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += PAGE_BYTES)
      pages.push(new Uint8Array(bytes.subarray(at, at + PAGE_BYTES)));
    into.put('clones', { pages, length: bytes.length });
  }

  restore(from: StateReader): void {
    const { pages, length } = from.get('clones');
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const page of pages) {
      bytes.set((page as Uint8Array).subarray(0, length - at), at);
      at += page.length;
    }
    this.#values = deserialize(bytes) as unknown[];
    this.#used = this.#values.filter((one) => one !== undefined).length;
  }
}
