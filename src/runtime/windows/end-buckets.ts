/** Sessions known to end in one stretch of time, or to have ended there before they grew. */
interface EndBucket {
  slots: Int32Array;
  count: number;
}

const BUCKETS_PER_GAP = 16;

/**
 * When sessions end. A session stays registered where it ended first and moves on only when that time has come, so
 * that a row which prolongs it costs nothing here.
 */
export class EndBuckets {
  readonly #spanMs: number;
  readonly #endOf: (slot: number) => number;
  readonly #buckets = new Map<number, EndBucket>();
  /** The bucket a slot counts in; what other buckets still say of it is old. */
  readonly #bucketOf: number[] = [];
  #first = Infinity;

  constructor(gapMs: number, endOf: (slot: number) => number) {
    this.#spanMs = Math.max(1, Math.floor(gapMs / BUCKETS_PER_GAP));
    this.#endOf = endOf;
  }

  add(slot: number): void {
    const index = Math.floor(this.#endOf(slot) / this.#spanMs);
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
    this.#bucketOf[slot] = index;
  }

  remove(slot: number): void {
    this.#bucketOf[slot] = NaN;
  }

  /** Takes out the sessions that end at or before `untilMs`, in no particular order. */
  take(untilMs: number): number[] {
    const due: number[] = [];
    while (this.#first !== Infinity && this.#first * this.#spanMs <= untilMs) {
      const index = this.#first;
      const { slots, count } = this.#buckets.get(index)!;
      this.#buckets.delete(index);
      this.#first = Infinity;
      for (const one of this.#buckets.keys()) if (one < this.#first) this.#first = one;
      const kept: number[] = [];
      for (let k = 0; k < count; k++) {
        const slot = slots[k]!;
        if (this.#bucketOf[slot] !== index) continue;
        this.#bucketOf[slot] = NaN;
        if (this.#endOf(slot) <= untilMs) due.push(slot);
        else kept.push(slot);
      }
      for (const slot of kept) this.add(slot);
      // What is left of this bucket ends later in it.
      if (this.#buckets.has(index)) break;
    }
    return due;
  }

  /** The first end; Infinity where there is no session. Looks at one bucket after the other until it finds one. */
  next(): number {
    for (const index of [...this.#buckets.keys()].sort((a, b) => a - b)) {
      const { slots, count } = this.#buckets.get(index)!;
      let first = Infinity;
      for (let k = 0; k < count; k++) {
        if (this.#bucketOf[slots[k]!] === index) first = Math.min(first, this.#endOf(slots[k]!));
      }
      if (first !== Infinity) return first;
    }
    return Infinity;
  }
}
