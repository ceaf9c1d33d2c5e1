import type { Column } from '../../columnar/column.ts';
import { markSlots } from '../../columnar/linear/paged-kernels.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { RunningSteps } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { CountAggregator } from './count.ts';

/**
 * Which slots got a value that is not NULL. Where values are taken back they are counted; else a byte tells, an eighth of
 * the memory that large state waits for.
 */
export class RowPresence {
  readonly #counts: CountAggregator | undefined;
  readonly #seen: PagedArray<'u8'> | undefined;

  constructor(state: StateFactory, retracts: boolean) {
    this.#counts = retracts ? new CountAggregator(state) : undefined;
    this.#seen = retracts ? undefined : state.array('seen', 'u8');
  }

  ensure(slotCount: number): void {
    this.#counts?.ensure(slotCount);
    this.#seen?.ensure(slotCount);
  }

  add(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    if (this.#seen === undefined) {
      this.#counts?.accumulate(args, rows, slots, count);
      return;
    }
    const nulls = args[0]?.nulls ?? null;
    if (nulls === null && markSlots(this.#seen, slots, count)) return;
    const { pages, shift, mask } = this.#seen;
    const only = pages.length === 1 && nulls === null ? pages[0]! : undefined;
    if (only !== undefined) {
      for (let k = 0; k < count; k++) only[slots[k]!] = 1;
      return;
    }
    for (let k = 0; k < count; k++) {
      if (nulls !== null && nulls[rows[k]!] === 1) continue;
      const slot = slots[k]!;
      pages[slot >> shift]![slot & mask] = 1;
    }
  }

  takeBack(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#counts?.retract(args, rows, slots, count);
  }

  merge(from: RowPresence, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    if (this.#counts !== undefined && from.#counts !== undefined) {
      this.#counts.merge(from.#counts, fromSlots, slots, count);
    }
    if (this.#seen === undefined || from.#seen === undefined) return;
    for (let k = 0; k < count; k++) if (from.#seen.get(fromSlots[k]!) === 1) this.#seen.set(slots[k]!, 1);
  }

  /** Marks the slots that got none; null where there is none of them. */
  emptyMarks(slots: Int32Array, count: number): Uint8Array | null {
    if (this.#seen === undefined) return this.#counts?.emptyMarks(slots, count) ?? null;
    const { pages, shift, mask } = this.#seen;
    let marks: Uint8Array | null = null;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      if (pages[slot >> shift]![slot & mask] === 0) (marks ??= new Uint8Array(count))[k] = 1;
    }
    return marks;
  }

  /** Marks the steps behind which a slot has none; null where there is no such step. */
  running(steps: RunningSteps): Uint8Array | null {
    const { args, rows, slots, count } = steps;
    const counts = this.#counts?.running(steps);
    let marks: Uint8Array | null = null;
    if (counts !== undefined) {
      const words = new Int32Array(counts.values.buffer);
      for (let k = 0; k < count; k++)
        if ((words[2 * k]! | words[2 * k + 1]!) === 0) (marks ??= new Uint8Array(count))[k] = 1;
      return marks;
    }
    const nulls = args[0]?.nulls ?? null;
    for (let k = 0; k < count; k++) {
      if (nulls === null || nulls[rows[k]!] === 0) this.#seen?.set(slots[k]!, 1);
      else if (this.#seen?.get(slots[k]!) === 0) (marks ??= new Uint8Array(count))[k] = 1;
    }
    return marks;
  }

  clear(slot: number): void {
    this.#counts?.clear(slot);
    this.#seen?.set(slot, 0);
  }

  clearAll(slotCount: number): void {
    this.#counts?.clearAll(slotCount);
    this.#seen?.zero(slotCount);
  }
}
