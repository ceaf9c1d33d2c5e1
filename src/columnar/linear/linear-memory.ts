import { KERNEL_ROWS, SCRATCH, stateModule, type StateKernels } from './state-kernels.ts';

/** Everything in a linear memory is in blocks of one size, that of the pages of state (design D6). */
export const BLOCK_BYTES = 1 << 20;
const BLOCK_WASM_PAGES = BLOCK_BYTES >> 16;
/** One block less than 4 GiB, so that no address runs over. */
const MOST_BLOCKS = 4095;
/** Room for the address of every block. */
const TABLE_BYTES = 16 << 10;

/** Where a block lies. The buffer is another one after each growth; views of those before stay valid. */
export interface Block {
  readonly buffer: SharedArrayBuffer;
  readonly address: number;
}

interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** The part of the WebAssembly API in use; the libraries this project compiles against do not declare it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: StateKernels & { readonly memory: SharedMemory } };
}
const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

/**
 * V8 does not count a shared memory, and so would not come to collect one that was dropped: arrays as large that nobody
 * touches, which take addresses and no memory, are counted in its place. They hang on the memory itself, which is old
 * from its start, so that they are not collected before it.
 */
const weights = new WeakMap<SharedMemory, ArrayBuffer[]>();

let compiled: object | undefined;

/**
 * A WebAssembly memory for the pages of large state. JavaScript reads and writes them as it does other pages; the
 * kernels work on the same bytes without looking pages up and without bounds, so that the processor waits for two to
 * four times as many places of memory at once (docs/adr/0013). It is shared, which only means that growing it leaves
 * views valid: no other thread sees it.
 */
export class LinearMemory {
  readonly kernels: StateKernels;
  readonly #memory: SharedMemory;
  /** Blocks given back. */
  readonly #free: number[] = [];
  readonly #freeTables: Int32Array[] = [];
  #blocks = 1;
  #room = 1;
  #tables: { at: number; end: number };
  readonly slots: Int32Array;
  readonly hashes: Int32Array;
  readonly words: Int32Array;
  readonly doubles: Float64Array;

  /** @throws RangeError where the system has no room for one */
  constructor() {
    compiled ??= new Module(stateModule(BLOCK_WASM_PAGES, MOST_BLOCKS * BLOCK_WASM_PAGES));
    const { exports } = new Instance(compiled);
    this.kernels = exports;
    this.#memory = exports.memory;
    const { buffer } = this.#memory;
    weights.set(this.#memory, [new ArrayBuffer(BLOCK_BYTES)]);
    this.#tables = { at: (SCRATCH.end + TABLE_BYTES) & -TABLE_BYTES, end: BLOCK_BYTES };
    this.slots = new Int32Array(buffer, SCRATCH.slots, KERNEL_ROWS);
    this.hashes = new Int32Array(buffer, SCRATCH.hashes, KERNEL_ROWS);
    this.words = new Int32Array(buffer, SCRATCH.words, KERNEL_ROWS * 2);
    this.doubles = new Float64Array(buffer, SCRATCH.words, KERNEL_ROWS);
  }

  /** A block of zeros; undefined when the memory is full. */
  allocate(): Block | undefined {
    const again = this.#free.pop();
    if (again !== undefined) {
      new Uint8Array(this.#memory.buffer, again, BLOCK_BYTES).fill(0);
      return { buffer: this.#memory.buffer, address: again };
    }
    if (this.#blocks === this.#room && !this.#grow()) return undefined;
    return { buffer: this.#memory.buffer, address: this.#blocks++ * BLOCK_BYTES };
  }

  release(address: number): void {
    this.#free.push(address);
  }

  releaseTable(table: Int32Array): void {
    this.#freeTables.push(table);
  }

  /** All there is by now. */
  get bytes(): number {
    return this.#room * BLOCK_BYTES;
  }

  /** A list of zeros with room for the address of every block. */
  table(): Int32Array | undefined {
    const again = this.#freeTables.pop();
    if (again !== undefined) return again.fill(0);
    if (this.#tables.at === this.#tables.end) {
      const block = this.allocate();
      if (block === undefined) return undefined;
      this.#tables = { at: block.address, end: block.address + BLOCK_BYTES };
    }
    const { at } = this.#tables;
    this.#tables.at += TABLE_BYTES;
    return new Int32Array(this.#memory.buffer, at, TABLE_BYTES >> 2);
  }

  /** By an eighth, at least one block: a call of the system is dear. */
  #grow(): boolean {
    const more = Math.min(Math.max(1, this.#room >> 3), MOST_BLOCKS - this.#room);
    if (more === 0) return false;
    try {
      this.#memory.grow(more * BLOCK_WASM_PAGES);
    } catch {
      return false;
    }
    this.#room += more;
    weights.get(this.#memory)?.push(new ArrayBuffer(more * BLOCK_BYTES));
    return true;
  }
}

/** Makes the memory of an owner when its first large page comes. */
export class LinearHost {
  #memory: LinearMemory | undefined;
  #failed = false;

  get memory(): LinearMemory | undefined {
    if (this.#memory === undefined && !this.#failed) {
      try {
        this.#memory = new LinearMemory();
      } catch {
        this.#failed = true;
      }
    }
    return this.#memory;
  }
}
