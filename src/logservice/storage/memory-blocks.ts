const SMALLEST_BLOCK = 64 << 10;
const LARGEST_BLOCK = 4 << 20;

/** A run of records in memory, byte for byte as in the segment file. */
export interface Block {
  readonly bytes: Buffer;
  readonly start: number;
  end: number;
  /** Taken out of its shard; the budget forgets it when it meets it. */
  gone: boolean;
}

/** Memory that the recent groups of all shards share; the oldest blocks go first. */
export class BlockBudget {
  readonly limitBytes: number;
  #usedBytes = 0;
  #queue: { readonly owner: MemoryBlocks; readonly block: Block }[] = [];

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  add(owner: MemoryBlocks, block: Block): void {
    this.#usedBytes += block.bytes.length;
    this.#queue.push({ owner, block });
    if (this.#usedBytes > this.limitBytes) this.#evict();
  }

  remove(block: Block): void {
    block.gone = true;
    this.#usedBytes -= block.bytes.length;
  }

  #evict(): void {
    const kept: { readonly owner: MemoryBlocks; readonly block: Block }[] = [];
    for (const entry of this.#queue) {
      if (entry.block.gone) continue;
      if (this.#usedBytes > this.limitBytes && entry.owner.release(entry.block)) continue;
      kept.push(entry);
    }
    this.#queue = kept;
  }
}

/** The recent end of one shard's log in memory: a gapless row of blocks, the last one being filled. */
export class MemoryBlocks {
  readonly #budget: BlockBudget;
  /** Whether the bytes below a position are on disk too; without a disk nothing is ever released. */
  readonly #onDisk: (position: number) => boolean;
  #blocks: Block[] = [];

  constructor(budget: BlockBudget, onDisk: (position: number) => boolean) {
    this.#budget = budget;
    this.#onDisk = onDisk;
  }

  /** The block that has room for a record at `position`; `fresh` starts a new one (at a new segment). */
  roomFor(recordBytes: number, position: number, fresh: boolean): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && !fresh && last.bytes.length - (last.end - last.start) >= recordBytes) return last;
    // Large blocks for busy shards, but never one that takes most of the budget.
    const largest = Math.max(SMALLEST_BLOCK, Math.min(LARGEST_BLOCK, this.#budget.limitBytes / 16));
    const size = last === undefined ? SMALLEST_BLOCK : Math.min(largest, last.bytes.length * 2);
    const bytes = Buffer.allocUnsafeSlow(Math.max(size, recordBytes));
    const block: Block = { bytes, start: position, end: position, gone: false };
    this.#blocks.push(block);
    this.#budget.add(this, block);
    return block;
  }

  /** The block that holds the byte at `position`, or undefined where only the disk has it. */
  holding(position: number): Block | undefined {
    const blocks = this.#blocks;
    let low = 0;
    let high = blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (blocks[middle]!.end <= position) low = middle + 1;
      else high = middle;
    }
    const found = blocks[low];
    return found !== undefined && found.start <= position ? found : undefined;
  }

  /** Gives a block back to the system. @returns whether it could go */
  release(block: Block): boolean {
    // Only the oldest goes, so that the row stays gapless, and never the one being filled.
    if (this.#blocks[0] !== block || this.#blocks.length === 1 || !this.#onDisk(block.end)) return false;
    this.#blocks.shift();
    this.#budget.remove(block);
    return true;
  }

  dropBefore(position: number): void {
    while (this.#blocks.length > 1 && this.#blocks[0]!.end <= position) this.#removeFirst();
  }

  /** Forgets the bytes from `position` on. */
  truncate(position: number): void {
    for (let last = this.#blocks.at(-1); last !== undefined && last.end > position; last = this.#blocks.at(-1)) {
      if (last.start < position) {
        last.end = position;
        return;
      }
      this.#blocks.pop();
      this.#budget.remove(last);
    }
  }

  clear(): void {
    while (this.#blocks.length > 0) this.#removeFirst();
  }

  #removeFirst(): void {
    const block = this.#blocks.shift();
    if (block !== undefined) this.#budget.remove(block);
  }
}
