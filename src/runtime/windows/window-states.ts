import type { StateReader, StateWriter } from '../../contracts/state.ts';

/** Kept of states that are not in use. More is given back: one window with many keys must not be held for ever. */
const POOLED_BYTES = 8 << 20;

/** What is kept for one window. */
export interface WindowState {
  readonly bytes: number;
  /** Empties it for the next window; its pages are kept. */
  reset(): void;
  snapshot(into: StateWriter): void;
  restore(from: StateReader): void;
}

export interface OpenWindow<S> {
  readonly startMs: number;
  readonly endMs: number;
  readonly state: S;
}

/** States by window, for windows that are known by their start and end. */
export class WindowStates<S extends WindowState> {
  readonly #make: () => S;
  /** Windows by end: mostly one. */
  readonly #byEnd = new Map<number, OpenWindow<S>[]>();
  readonly #pool: { readonly state: S; readonly bytes: number }[] = [];
  #pooledBytes = 0;
  /** The first end of an open window; undefined: to be looked up. */
  #nextEnd: number | undefined = Infinity;

  constructor(make: () => S) {
    this.#make = make;
  }

  /** The first end of an open window; Infinity where there is none. */
  get nextEnd(): number {
    if (this.#nextEnd === undefined) {
      this.#nextEnd = Infinity;
      for (const end of this.#byEnd.keys()) if (end < this.#nextEnd) this.#nextEnd = end;
    }
    return this.#nextEnd;
  }

  get bytes(): number {
    return this.open().reduce((sum, one) => sum + one.state.bytes, 0);
  }

  open(): readonly OpenWindow<S>[] {
    return [...this.#byEnd.values()].flat();
  }

  at(startMs: number, endMs: number): S {
    let windows = this.#byEnd.get(endMs);
    if (windows === undefined) this.#byEnd.set(endMs, (windows = []));
    let found = windows.find((one) => one.startMs === startMs);
    if (found === undefined) {
      windows.push((found = { startMs, endMs, state: this.take() }));
      if (this.#nextEnd !== undefined && endMs < this.#nextEnd) this.#nextEnd = endMs;
    }
    return found.state;
  }

  /** Windows that are over at this watermark, in the order of their ends. They stay until `remove`. */
  due(watermarkMs: number): readonly OpenWindow<S>[] {
    if (this.nextEnd - 1 > watermarkMs) return [];
    const due = this.open().filter((one) => one.endMs - 1 <= watermarkMs);
    return due.sort((a, b) => a.endMs - b.endMs || a.startMs - b.startMs);
  }

  remove({ startMs, endMs, state }: OpenWindow<S>): void {
    const left = (this.#byEnd.get(endMs) ?? []).filter((one) => one.startMs !== startMs);
    if (left.length > 0) this.#byEnd.set(endMs, left);
    else this.#byEnd.delete(endMs);
    this.release(state);
    if (endMs === this.#nextEnd && left.length === 0) this.#nextEnd = undefined;
  }

  /** An empty state. */
  take(): S {
    const pooled = this.#pool.pop();
    if (pooled === undefined) return this.#make();
    this.#pooledBytes -= pooled.bytes;
    return pooled.state;
  }

  release(state: S): void {
    const { bytes } = state;
    if (this.#pooledBytes + bytes > POOLED_BYTES) return;
    state.reset();
    this.#pool.push({ state, bytes });
    this.#pooledBytes += bytes;
  }

  snapshot(into: StateWriter): void {
    const open = this.open();
    into.putJson(
      'windows',
      open.map((one) => [one.startMs, one.endMs]),
    );
    open.forEach((one, i) => one.state.snapshot(into.scope(`window${i}`)));
  }

  restore(from: StateReader): void {
    const windows = from.getJson('windows') as [number, number][];
    windows.forEach(([startMs, endMs], i) => this.at(startMs, endMs).restore(from.scope(`window${i}`)));
  }
}
