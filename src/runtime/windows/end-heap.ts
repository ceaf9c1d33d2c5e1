/** A binary heap of slots by the time at which they end. */
export class EndHeap {
  #ends = new Float64Array(64);
  #slots = new Int32Array(64);
  #count = 0;

  /** Infinity where it is empty. */
  get firstEnd(): number {
    return this.#count === 0 ? Infinity : this.#ends[0]!;
  }

  get firstSlot(): number {
    return this.#slots[0]!;
  }

  push(end: number, slot: number): void {
    if (this.#count === this.#ends.length) this.#grow();
    let at = this.#count++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#ends[parent]! <= end) break;
      this.#ends[at] = this.#ends[parent]!;
      this.#slots[at] = this.#slots[parent]!;
      at = parent;
    }
    this.#ends[at] = end;
    this.#slots[at] = slot;
  }

  /** Takes out the slot that ends first. Not of an empty heap. */
  pop(): number {
    const first = this.#slots[0]!;
    const last = --this.#count;
    const end = this.#ends[last]!;
    const slot = this.#slots[last]!;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#ends[child + 1]! < this.#ends[child]!) child++;
      if (this.#ends[child]! >= end) break;
      this.#ends[at] = this.#ends[child]!;
      this.#slots[at] = this.#slots[child]!;
      at = child;
    }
    this.#ends[at] = end;
    this.#slots[at] = slot;
    return first;
  }

  #grow(): void {
    const ends = new Float64Array(this.#count * 2);
    const slots = new Int32Array(this.#count * 2);
    ends.set(this.#ends);
    slots.set(this.#slots);
    this.#ends = ends;
    this.#slots = slots;
  }
}
