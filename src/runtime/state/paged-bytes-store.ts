import { PagedArray } from '../../columnar/paged-array.ts';
import type { BytesStore, StateReader, StateWriter } from '../../contracts/state.ts';
import { ByteArena } from './byte-arena.ts';

/** Byte strings by slot: address and length as arrays, the bytes in an arena that is rewritten when half is garbage. */
export class PagedBytesStore implements BytesStore {
  readonly #addresses = new PagedArray('i32');
  readonly #lengths = new PagedArray('i32');
  #arena = new ByteArena();

  get bytes(): number {
    return this.#addresses.bytes + this.#lengths.bytes + this.#arena.bytes;
  }

  ensure(slotCount: number): void {
    this.#addresses.ensure(slotCount);
    this.#lengths.ensure(slotCount);
  }

  set(slot: number, bytes: Uint8Array, offset: number, length: number): void {
    const before = wordsOf(this.#lengths.get(slot));
    const words = wordsOf(length);
    let address = this.#addresses.get(slot);
    if (words !== before) {
      // The new place is taken first: `bytes` may be a view of the old one.
      this.#arena.release(before);
      address = words === 0 ? 0 : this.#arena.allocate(words);
      this.#addresses.set(slot, address);
    }
    this.#lengths.set(slot, length);
    if (words > 0) {
      this.#arena.bytesOf(address).set(bytes.subarray(offset, offset + length), (address & this.#arena.mask) * 4);
    }
    if (this.#arena.wasteful) this.#compact();
  }

  read(slot: number, into: { view(bytes: Uint8Array, offset: number, length: number): void }): void {
    const length = this.#lengths.get(slot);
    if (length === 0) {
      into.view(NOTHING, 0, 0);
      return;
    }
    const address = this.#addresses.get(slot);
    into.view(this.#arena.bytesOf(address), (address & this.#arena.mask) * 4, length);
  }

  clear(slot: number): void {
    this.#arena.release(wordsOf(this.#lengths.get(slot)));
    this.#lengths.set(slot, 0);
    if (this.#arena.wasteful) this.#compact();
  }

  snapshot(into: StateWriter): void {
    into.put('addresses', { pages: this.#addresses.pages, length: this.#addresses.capacity });
    into.put('lengths', { pages: this.#lengths.pages, length: this.#lengths.capacity });
    into.put('bytes', { pages: this.#arena.pages, length: this.#arena.live });
    into.putJson('arena', this.#arena.facts());
  }

  restore(from: StateReader): void {
    this.#addresses.adopt(from.get('addresses').pages);
    this.#lengths.adopt(from.get('lengths').pages);
    this.#arena.adopt(from.get('bytes').pages, from.getJson('arena') as number[]);
  }

  #compact(): void {
    const old = this.#arena;
    this.#arena = new ByteArena();
    for (let slot = 0; slot < this.#lengths.capacity; slot++) {
      const words = wordsOf(this.#lengths.get(slot));
      if (words === 0) continue;
      const from = this.#addresses.get(slot);
      const at = from & old.mask;
      const to = this.#arena.allocate(words);
      const source = old.pages[from >>> old.shift]!;
      this.#arena.pages[to >>> this.#arena.shift]!.set(source.subarray(at, at + words), to & this.#arena.mask);
      this.#addresses.set(slot, to);
    }
  }
}

const NOTHING = new Uint8Array(0);

function wordsOf(length: number): number {
  return (length + 3) >> 2;
}
