import type { PagedArray } from '../../columnar/paged-array.ts';
import type { OperatorContext } from '../../contracts/operator.ts';
import type { StateFactory } from '../../contracts/state.ts';

/** How often expired state is looked for, as a part of its time to live. */
const SWEEPS_PER_TTL = 4;
const SHORTEST_SWEEP_MS = 100;

/**
 * When each slot of keyed state was last written, in processing time: state that was not written for `ttlMs` counts as
 * gone (`blink.state.ttl.ms`; Flink's OnCreateAndWrite, never returning what expired). Its owner calls `touch` for what
 * a batch writes, treats `expired` slots as new, calls `start` when it opens and `removeExpired` whenever `onTimer` comes.
 */
export class StateTtl {
  readonly #ttlMs: number;
  readonly #written: PagedArray<'f64'>;
  #timers: Pick<OperatorContext, 'setTimer'> | undefined;

  /** @param ttlMs at least 1 */
  constructor(state: StateFactory, ttlMs: number, name = 'written') {
    this.#ttlMs = ttlMs;
    this.#written = state.array(name, 'f64');
  }

  /** Asks for the first timer; `removeExpired` then asks for the next one each time. */
  start(context: OperatorContext): void {
    this.#timers = context;
    context.setTimer(this.nextSweepMs(context.now()));
  }

  /** When expired state is to be looked for next. */
  nextSweepMs(nowMs: number): number {
    return nowMs + Math.max(SHORTEST_SWEEP_MS, Math.ceil(this.#ttlMs / SWEEPS_PER_TTL));
  }

  /** Marks slots as written now. */
  touch(slots: Int32Array, count: number, nowMs: number): void {
    const written = this.#written;
    const { shift, mask } = written;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      if (slot >= written.capacity) written.ensure(slot + 1);
      written.pages[slot >> shift]![slot & mask] = nowMs;
    }
  }

  /** Whether the state of a slot that was touched before is gone by now. */
  expired(slot: number, nowMs: number): boolean {
    return slot < this.#written.capacity && nowMs - this.#written.get(slot) >= this.#ttlMs;
  }

  /** Calls `remove` for those of these slots whose state is gone by now. Nothing is sent (Flink). */
  removeExpired(liveSlots: Int32Array, nowMs: number, remove: (slot: number) => void): void {
    for (const slot of this.sweep(liveSlots, nowMs)) remove(slot);
    this.#timers?.setTimer(this.nextSweepMs(nowMs));
  }

  /** Those of these slots whose state is gone by now. */
  sweep(liveSlots: Int32Array, nowMs: number): Int32Array {
    return liveSlots.filter((slot) => this.expired(slot, nowMs));
  }
}
