import type { Block, LinearHost, LinearMemory } from './linear-memory.ts';

/**
 * The full pages of one array, index or arena in a linear memory, and the list of their addresses that the kernels
 * read. Where a page cannot be had the owner makes it elsewhere and the kernels do not work for it any more.
 */
export class LinearPages {
  readonly #host: LinearHost;
  #table: Int32Array | undefined;
  #failed = false;
  /** Set while every page of the owner lies in it. */
  memory: LinearMemory | undefined;

  constructor(host: LinearHost) {
    this.#host = host;
  }

  /** The address of the list, while `memory` is set. */
  get table(): number {
    return this.#table?.byteOffset ?? 0;
  }

  /** A page of zeros that the owner lists. @returns undefined when it has to be made elsewhere */
  take(): Block | undefined {
    const memory = this.#failed ? undefined : this.#host.memory;
    this.#table ??= memory?.table();
    const block = this.#table === undefined ? undefined : memory?.allocate();
    if (block === undefined) this.fail();
    else this.memory = memory;
    return block;
  }

  /** The same, listed as page `index` of the owner. */
  allocate(index: number): Block | undefined {
    const block = this.take();
    if (block !== undefined) this.list(index, block.address);
    return block;
  }

  /** Writes into the list. */
  list(index: number, address: number): void {
    if (this.#table === undefined || index >= this.#table.length) this.fail();
    else this.#table[index] = address;
  }

  fail(): void {
    this.#failed = true;
    this.memory = undefined;
  }

  /** Gives a page back. One from elsewhere is left to the collector. */
  release(page: ArrayBufferView): void {
    if (page.buffer instanceof SharedArrayBuffer) this.#host.memory?.release(page.byteOffset);
  }

  /** Gives all pages back; the owner starts anew. */
  clear(pages: readonly ArrayBufferView[]): void {
    for (const page of pages) this.release(page);
    this.memory = undefined;
    this.#failed = false;
  }

  /** The same for an owner that ends while its host goes on. */
  dispose(pages: readonly ArrayBufferView[]): void {
    this.clear(pages);
    if (this.#table !== undefined) this.#host.memory?.releaseTable(this.#table);
    this.#table = undefined;
  }
}
