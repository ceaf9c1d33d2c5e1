import type { PagedArray } from '../../columnar/paged-array.ts';
import type { StateFactory, StateReader, StateWriter } from '../../contracts/state.ts';

/**
 * Slots in the order of their times, equal ones in the order of their arrival where they came in order. Slots that come
 * in the order of time, the usual case, are a plain chain and cost O(1); the others lie in a heap beside it.
 */
export class TimeQueue {
  /** By slot: what the owner says. */
  readonly #times: PagedArray<'f64'>;
  /** By slot: 1 + the next one of the chain, 0 at its end. */
  readonly #chain: PagedArray<'i32'>;
  readonly #heap: PagedArray<'i32'>;
  /** The times of the heap beside it: a look at a child is a look at memory near by. */
  readonly #heapTimes: PagedArray<'f64'>;
  /** 1 + slot, 0 = none. */
  #first = 0;
  #last = 0;
  #heapSize = 0;

  constructor(state: StateFactory, times: PagedArray<'f64'>) {
    this.#times = times;
    this.#chain = state.array('chain', 'i32');
    this.#heap = state.array('heap', 'i32');
    this.#heapTimes = state.array('heapTimes', 'f64');
  }

  /** The earliest time; `Infinity` when nothing is here. */
  get firstMs(): number {
    const chained = this.#first === 0 ? Infinity : this.#timeOf(this.#first - 1);
    return this.#heapSize === 0 ? chained : Math.min(chained, this.#heapTimes.get(0));
  }

  push(slot: number): void {
    if (slot >= this.#chain.capacity) this.#chain.ensure(slot + 1);
    if (this.#last !== 0 && this.#timeOf(slot) < this.#timeOf(this.#last - 1)) {
      this.#pushHeap(slot);
      return;
    }
    this.#chain.set(slot, 0);
    if (this.#last === 0) this.#first = slot + 1;
    else this.#chain.set(this.#last - 1, slot + 1);
    this.#last = slot + 1;
  }

  /** Takes the earliest slot out; −1 when nothing is here. */
  pop(): number {
    const { shift, mask } = this.#chain;
    if (this.#first !== 0) {
      const slot = this.#first - 1;
      if (this.#heapSize === 0 || this.#timeOf(slot) <= this.#heapTimes.get(0)) {
        this.#first = this.#chain.pages[slot >> shift]![slot & mask]!;
        if (this.#first === 0) this.#last = 0;
        return slot;
      }
    }
    return this.#heapSize === 0 ? -1 : this.#popHeap();
  }

  snapshot(into: StateWriter): void {
    into.putJson('queue', [this.#first, this.#last, this.#heapSize]);
  }

  restore(from: StateReader): void {
    [this.#first, this.#last, this.#heapSize] = from.getJson('queue') as [number, number, number];
  }

  #timeOf(slot: number): number {
    return this.#times.pages[slot >> this.#times.shift]![slot & this.#times.mask]!;
  }

  #pushHeap(slot: number): void {
    this.#heap.ensure(this.#heapSize + 1);
    this.#heapTimes.ensure(this.#heapSize + 1);
    const { pages: slots, shift: slotShift, mask: slotMask } = this.#heap;
    const { pages: times, shift, mask } = this.#heapTimes;
    const time = this.#timeOf(slot);
    let at = this.#heapSize++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = times[parent >> shift]![parent & mask]!;
      if (above <= time) break;
      times[at >> shift]![at & mask] = above;
      slots[at >> slotShift]![at & slotMask] = slots[parent >> slotShift]![parent & slotMask]!;
      at = parent;
    }
    times[at >> shift]![at & mask] = time;
    slots[at >> slotShift]![at & slotMask] = slot;
  }

  #popHeap(): number {
    const { pages: slots, shift: slotShift, mask: slotMask } = this.#heap;
    const { pages: times, shift, mask } = this.#heapTimes;
    const top = slots[0]![0]!;
    const size = --this.#heapSize;
    if (size === 0) return top;
    const time = times[size >> shift]![size & mask]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      let below = times[child >> shift]![child & mask]!;
      if (child + 1 < size) {
        const other = times[(child + 1) >> shift]![(child + 1) & mask]!;
        if (other < below) {
          below = other;
          child++;
        }
      }
      if (below >= time) break;
      times[at >> shift]![at & mask] = below;
      slots[at >> slotShift]![at & slotMask] = slots[child >> slotShift]![child & slotMask]!;
      at = child;
    }
    times[at >> shift]![at & mask] = time;
    slots[at >> slotShift]![at & slotMask] = slots[size >> slotShift]![size & slotMask]!;
    return top;
  }
}
