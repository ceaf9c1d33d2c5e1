import { PagedArray } from '../../columnar/paged-array.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';

/** Dense numbers from 0; numbers given back are handed out again, the last one first. */
export class SlotPool {
  readonly #free = new PagedArray('i32');
  #freeCount = 0;
  /** Every number handed out is below it. */
  slotCount = 0;

  get size(): number {
    return this.slotCount - this.#freeCount;
  }

  get bytes(): number {
    return this.#free.bytes;
  }

  take(): number {
    if (this.#freeCount > 0) return this.#free.get(--this.#freeCount);
    return this.slotCount++;
  }

  give(slot: number): void {
    this.#free.ensure(this.#freeCount + 1);
    this.#free.set(this.#freeCount++, slot);
  }

  clear(): void {
    this.#freeCount = 0;
    this.slotCount = 0;
  }

  /** 1 for each number below `slotCount` that is not handed out. */
  freeMarks(): Uint8Array {
    const marks = new Uint8Array(this.slotCount);
    for (let i = 0; i < this.#freeCount; i++) marks[this.#free.get(i)] = 1;
    return marks;
  }

  snapshot(into: StateWriter): void {
    into.put('free', { pages: this.#free.pages, length: this.#freeCount });
    into.putJson('slots', [this.slotCount, this.#freeCount]);
  }

  restore(from: StateReader): void {
    this.#free.adopt(from.get('free').pages);
    const [slotCount, freeCount] = from.getJson('slots') as [number, number];
    this.slotCount = slotCount;
    this.#freeCount = freeCount;
  }
}
