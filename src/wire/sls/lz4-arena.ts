import { Scratch } from '../../columnar/scratch.ts';
import { LZ4_SLACK, lz4Module } from './lz4-wasm.ts';

/** Bytes on loan: valid until `release`, which may be left out (then they are collected as all else). */
export interface Loan {
  readonly bytes: Uint8Array;
  /** Further memory on the same loan, for what is decoded from the bytes. */
  readonly scratch: Scratch | undefined;
  /** Gives the bytes back: they are overwritten by what is expanded next. A second call does nothing. */
  readonly release: () => void;
}

/** What fits: two answers' worth of the pull size of the source. Pages that nothing was written to take no memory. */
const MEMORY_BYTES = 8 << 20;
const PAGE_BYTES = 64 << 10;
/** Room kept while nobody uses it. */
const KEPT = 16;

/** The part of the WebAssembly API in use; the libraries this project compiles against do not declare it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => {
    readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; readonly decode: Memory['decode'] };
  };
}
const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

interface Memory {
  readonly bytes: Uint8Array;
  readonly decode: (from: number, fromEnd: number, start: number, end: number) => number;
}

/** Expands LZ4 blocks into memory that is used again. Blocks larger than its rooms are left to `decompressLz4`. */
export class Lz4Arena {
  #module: object | undefined;
  readonly #free: Memory[] = [];

  /** @returns undefined for a block that is damaged, too large or not of `rawSize` bytes */
  decompress(block: Uint8Array, rawSize: number): Loan | undefined {
    const blockAt = rawSize + LZ4_SLACK;
    const blockEnd = blockAt + block.length;
    if (rawSize <= 0 || blockEnd + LZ4_SLACK > MEMORY_BYTES) return undefined;
    const memory = this.#free.pop() ?? this.#create();
    memory.bytes.set(block, blockAt);
    if (memory.decode(blockAt, blockEnd, 0, rawSize) !== rawSize) {
      this.#give(memory);
      return undefined;
    }
    let lent = true;
    return {
      bytes: memory.bytes.subarray(0, rawSize),
      // The block is not needed any more.
      scratch: new Scratch(memory.bytes.buffer, blockAt, MEMORY_BYTES),
      release: () => {
        if (lent) this.#give(memory);
        lent = false;
      },
    };
  }

  #give(memory: Memory): void {
    if (this.#free.length < KEPT) this.#free.push(memory);
  }

  #create(): Memory {
    this.#module ??= new Module(lz4Module(MEMORY_BYTES / PAGE_BYTES));
    const { memory, decode } = new Instance(this.#module).exports;
    return { bytes: new Uint8Array(memory.buffer), decode };
  }
}
