/**
 * Place, receive time and raw size of every stored group of one shard, 16 bytes each. Groups are numbered by ordinals
 * that start at 0 with the shard and are never used again; retention drops from the front.
 */
export class RecordIndex {
  #positions = new Float64Array(64);
  #times = new Uint32Array(64);
  #rawBytes = new Uint32Array(64);
  /** Entries of the arrays in front of `firstOrdinal`, not yet given back. */
  #dead = 0;
  #live = 0;
  #firstOrdinal: number;

  constructor(firstOrdinal: number) {
    this.#firstOrdinal = firstOrdinal;
  }

  get firstOrdinal(): number {
    return this.#firstOrdinal;
  }

  /** The ordinal the next group gets. */
  get nextOrdinal(): number {
    return this.#firstOrdinal + this.#live;
  }

  push(position: number, receiveTimeSec: number, rawBytes: number): void {
    const at = this.#dead + this.#live;
    if (at === this.#positions.length) this.#grow();
    const slot = this.#dead + this.#live;
    this.#positions[slot] = position;
    this.#times[slot] = receiveTimeSec;
    this.#rawBytes[slot] = rawBytes;
    this.#live++;
  }

  /** Byte position of a record in the log of its shard, file headers not counted. */
  positionOf(ordinal: number): number {
    return this.#positions[this.#slot(ordinal)]!;
  }

  /** Epoch seconds. */
  receiveTimeOf(ordinal: number): number {
    return this.#times[this.#slot(ordinal)]!;
  }

  rawBytesOf(ordinal: number): number {
    return this.#rawBytes[this.#slot(ordinal)]!;
  }

  /** The first ordinal below `end` received at or after `timeSec`, else `end`. Receive times never fall. */
  firstAtOrAfter(timeSec: number, end: number): number {
    let low = this.#firstOrdinal;
    let high = end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.receiveTimeOf(middle) < timeSec) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  dropBefore(ordinal: number): void {
    const count = ordinal - this.#firstOrdinal;
    this.#firstOrdinal = ordinal;
    this.#dead += count;
    this.#live -= count;
  }

  /** Forgets this ordinal and all behind it. */
  truncate(ordinal: number): void {
    this.#live = ordinal - this.#firstOrdinal;
  }

  #slot(ordinal: number): number {
    return this.#dead + ordinal - this.#firstOrdinal;
  }

  #grow(): void {
    const capacity = Math.max(64, this.#live * 2);
    const from = this.#dead;
    const to = this.#dead + this.#live;
    const positions = new Float64Array(capacity);
    positions.set(this.#positions.subarray(from, to));
    const times = new Uint32Array(capacity);
    times.set(this.#times.subarray(from, to));
    const rawBytes = new Uint32Array(capacity);
    rawBytes.set(this.#rawBytes.subarray(from, to));
    this.#positions = positions;
    this.#times = times;
    this.#rawBytes = rawBytes;
    this.#dead = 0;
  }
}
