import { EndHeap } from './end-heap.ts';

/** Sessions known to end in one stretch of time, or to have ended there before they grew. */
interface EndBucket {
  slots: Int32Array;
  count: number;
}

const BUCKETS_PER_GAP = 16;

/**
 * When sessions end. A session stays registered where it ended first and moves on only when that time has come, so
 * that a row which prolongs it costs nothing here. Far ends lie unsorted in buckets, those of the bucket whose time has
 * come in a heap.
 */
export class EndBuckets {
  readonly #spanMs: number;
  readonly #endOf: (slot: number) => number;
  readonly #buckets = new Map<number, EndBucket>();
  readonly #near = new EndHeap();
  /** Buckets up to here are in the heap. */
  #nearIndex = -Infinity;
  /** The end under which a slot is registered; what else says something of it is old. */
  readonly #registered: number[] = [];
  #first = Infinity;

  constructor(gapMs: number, endOf: (slot: number) => number) {
    this.#spanMs = Math.max(1, Math.floor(gapMs / BUCKETS_PER_GAP));
    this.#endOf = endOf;
  }

  add(slot: number): void {
    const end = this.#endOf(slot);
    const index = Math.floor(end / this.#spanMs);
    this.#registered[slot] = end;
    if (index <= this.#nearIndex) {
      this.#near.push(end, slot);
      return;
    }
    let bucket = this.#buckets.get(index);
    if (bucket === undefined) {
      this.#buckets.set(index, (bucket = { slots: new Int32Array(64), count: 0 }));
      if (index < this.#first) this.#first = index;
    }
    if (bucket.count === bucket.slots.length) {
      const larger = new Int32Array(bucket.count * 2);
      larger.set(bucket.slots);
      bucket.slots = larger;
    }
    bucket.slots[bucket.count++] = slot;
  }

  remove(slot: number): void {
    this.#registered[slot] = NaN;
  }

  /** Takes out the sessions that end at or before `untilMs`, in no particular order. */
  take(untilMs: number): number[] {
    while (this.#first !== Infinity && this.#first * this.#spanMs <= untilMs) this.#approach();
    const due: number[] = [];
    // The end of input takes out everything: Infinity ≤ Infinity is no session.
    while (this.#near.firstEnd <= untilMs && this.#near.firstEnd !== Infinity) {
      const end = this.#near.firstEnd;
      const slot = this.#near.pop();
      if (this.#registered[slot] !== end) continue;
      this.#registered[slot] = NaN;
      if (this.#endOf(slot) <= untilMs) due.push(slot);
      else this.add(slot);
    }
    return due;
  }

  /** Nothing ends before; Infinity where there is no session. */
  next(): number {
    while (this.#near.firstEnd !== Infinity && this.#registered[this.#near.firstSlot] !== this.#near.firstEnd) {
      this.#near.pop();
    }
    if (this.#near.firstEnd !== Infinity || this.#first === Infinity) return this.#near.firstEnd;
    this.#approach();
    return this.next();
  }

  /** Moves the first bucket into the heap. */
  #approach(): void {
    const index = this.#first;
    const bucket = this.#buckets.get(index);
    this.#buckets.delete(index);
    this.#nearIndex = index;
    this.#first = Infinity;
    for (const one of this.#buckets.keys()) if (one < this.#first) this.#first = one;
    if (bucket === undefined) return;
    for (let k = 0; k < bucket.count; k++) {
      const slot = bucket.slots[k]!;
      const end = this.#registered[slot]!;
      if (Math.floor(end / this.#spanMs) === index) this.#near.push(end, slot);
    }
  }
}
