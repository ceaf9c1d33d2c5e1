import type { Page } from '../../columnar/paged-array.ts';
import type { StateArray, StateReader, StateWriter } from '../../contracts/state.ts';
import { StateError } from '../../errors/sluice-error.ts';

/** A snapshot held in memory: pages are copied when they are put. Names are joined by `/`. */
export class MemorySnapshot {
  readonly arrays = new Map<string, StateArray>();
  readonly facts = new Map<string, string>();

  get writer(): StateWriter {
    return new ScopedWriter(this, '');
  }

  get reader(): StateReader {
    return new ScopedReader(this, '');
  }

  get bytes(): number {
    let sum = 0;
    for (const array of this.arrays.values()) for (const page of array.pages) sum += page.byteLength;
    return sum;
  }
}

class ScopedWriter implements StateWriter {
  readonly #target: MemorySnapshot;
  readonly #prefix: string;

  constructor(target: MemorySnapshot, prefix: string) {
    this.#target = target;
    this.#prefix = prefix;
  }

  put(name: string, array: StateArray): void {
    const pages = array.pages.map((page): Page => page.slice());
    this.#target.arrays.set(this.#prefix + name, { pages, length: array.length });
  }

  putJson(name: string, value: unknown): void {
    this.#target.facts.set(this.#prefix + name, JSON.stringify(value));
  }

  scope(name: string): StateWriter {
    return new ScopedWriter(this.#target, `${this.#prefix}${name}/`);
  }
}

class ScopedReader implements StateReader {
  readonly #source: MemorySnapshot;
  readonly #prefix: string;

  constructor(source: MemorySnapshot, prefix: string) {
    this.#source = source;
    this.#prefix = prefix;
  }

  get(name: string): StateArray {
    const found = this.#source.arrays.get(this.#prefix + name);
    if (found === undefined) throw missing(this.#prefix + name);
    return found;
  }

  getJson(name: string): unknown {
    const found = this.#source.facts.get(this.#prefix + name);
    if (found === undefined) throw missing(this.#prefix + name);
    return JSON.parse(found) as unknown;
  }

  has(name: string): boolean {
    return this.#source.arrays.has(this.#prefix + name) || this.#source.facts.has(this.#prefix + name);
  }

  scope(name: string): StateReader {
    return new ScopedReader(this.#source, `${this.#prefix}${name}/`);
  }
}

function missing(name: string): StateError {
  return new StateError('STATE_RESTORE', `the snapshot has no part "${name}"`, {
    hint: 'It was written by another version of the job; start the job without it.',
  });
}
