import { InternalError } from '../errors/sluice-error.ts';
import type { LinearHost } from './linear/linear-memory.ts';
import { LinearPages } from './linear/linear-pages.ts';

export type PagedLayout = 'u8' | 'i32' | 'f64' | 'i64';
type PageOf<L extends PagedLayout> = L extends 'u8'
  ? Uint8Array
  : L extends 'i32'
    ? Int32Array
    : L extends 'f64'
      ? Float64Array
      : BigInt64Array;
export type Page = Uint8Array | Int32Array | Float64Array | BigInt64Array;

/** A page is at most 1 MiB (design D6): growth never copies a table and a snapshot can copy page by page. */
const PAGE_BYTES = 1 << 20;
const FIRST_PAGE_ITEMS = 1024;
const itemBytes: Record<PagedLayout, number> = { u8: 1, i32: 4, f64: 8, i64: 8 };

/**
 * A growing array of numbers as a chain of fixed pages. Hot loops read `pages[i >> shift]![i & mask]` themselves.
 * Only the first page may be smaller than the page size: it doubles until it is full, so that small tables stay small.
 */
export class PagedArray<L extends PagedLayout = PagedLayout> {
  readonly layout: L;
  readonly shift: number;
  readonly mask: number;
  readonly pages: PageOf<L>[] = [];
  /** Where its full pages lie; the kernels work on them. */
  readonly linear: LinearPages | undefined;
  #capacity = 0;

  /** @param host has a memory for full pages */
  constructor(layout: L, host?: LinearHost) {
    this.layout = layout;
    this.linear = host === undefined ? undefined : new LinearPages(host);
    this.shift = Math.log2(PAGE_BYTES / itemBytes[layout]);
    this.mask = (1 << this.shift) - 1;
  }

  /** Items there is room for. */
  get capacity(): number {
    return this.#capacity;
  }

  get bytes(): number {
    return this.pages.reduce((sum, page) => sum + page.byteLength, 0);
  }

  /** Makes room for `length` items; new ones are zero. */
  ensure(length: number): void {
    while (this.#capacity < length) {
      const pageItems = this.mask + 1;
      const first = this.pages[0];
      if (first === undefined) {
        this.pages.push(this.#page(Math.min(FIRST_PAGE_ITEMS, pageItems), 0));
      } else if (first.length < pageItems) {
        const larger = this.#page(Math.min(pageItems, first.length * 2), 0);
        (larger as Uint8Array).set(first as Uint8Array);
        this.pages[0] = larger;
      } else {
        this.pages.push(this.#page(pageItems, this.pages.length));
      }
      this.#capacity = this.pages.reduce((sum, page) => sum + page.length, 0);
    }
  }

  /** For cold paths; see the class comment for hot ones. */
  get(index: number): PageOf<L>[number] {
    return this.pages[index >> this.shift]![index & this.mask]!;
  }

  set(index: number, value: PageOf<L>[number]): void {
    (this.pages[index >> this.shift]! as { [i: number]: number | bigint })[index & this.mask] = value;
  }

  /** Sets the first `count` items to zero. */
  zero(count: number): void {
    let left = count;
    for (let p = 0; left > 0 && p < this.pages.length; p++) {
      const page = this.pages[p]!;
      const bytes = new Uint8Array(page.buffer, page.byteOffset, Math.min(left, page.length) * page.BYTES_PER_ELEMENT);
      bytes.fill(0);
      left -= page.length;
    }
  }

  /** Takes over pages written by another instance (restore). */
  adopt(pages: readonly Page[]): void {
    this.clear();
    for (const page of pages) {
      if (page.BYTES_PER_ELEMENT !== itemBytes[this.layout]) throw new InternalError('page of another layout');
      const own = this.#page(page.length, this.pages.length);
      (own as Uint8Array).set(page as Uint8Array);
      this.pages.push(own);
    }
    this.#capacity = this.pages.reduce((sum, page) => sum + page.length, 0);
  }

  clear(): void {
    this.linear?.clear(this.pages);
    this.pages.length = 0;
    this.#capacity = 0;
  }

  #page(items: number, index: number): PageOf<L> {
    const block = items > this.mask ? this.linear?.allocate(index) : undefined;
    const buffer = block?.buffer ?? new ArrayBuffer(items * itemBytes[this.layout]);
    const address = block?.address ?? 0;
    switch (this.layout) {
      case 'u8':
        return new Uint8Array(buffer, address, items) as PageOf<L>;
      case 'i32':
        return new Int32Array(buffer, address, items) as PageOf<L>;
      case 'f64':
        return new Float64Array(buffer, address, items) as PageOf<L>;
      default:
        return new BigInt64Array(buffer, address, items) as PageOf<L>;
    }
  }
}
