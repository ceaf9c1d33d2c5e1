import type { LinearPages } from '../../columnar/linear/linear-pages.ts';
import type { Page } from '../../columnar/paged-array.ts';

/** Words of 4 bytes in a full page (1 MiB, design D6). */
const PAGE_SHIFT = 18;
const PAGE_WORDS = 1 << PAGE_SHIFT;
const FIRST_PAGE_WORDS = 1024;

/**
 * An append-only store of word strings in pages of at most 1 MiB. An address counts words, so 32 bits reach 16 GiB.
 * A value never crosses a page; one longer than a page gets a page of its own size and the addresses it covers.
 * Hot loops read `pages[address >>> shift]![address & mask]` themselves.
 */
export class ByteArena {
  readonly shift = PAGE_SHIFT;
  readonly mask = PAGE_WORDS - 1;
  pages: Int32Array[] = [];
  /** Where its full pages lie. */
  readonly linear: LinearPages | undefined;
  /** Byte views of pages, made when asked for. */
  readonly #views: Uint8Array[] = [];
  /** The page that is filled now and its words in use. */
  #page = 0;
  #used = 0;
  /** Words that no value uses any more, alignment losses at page ends excluded. */
  garbage = 0;
  /** Words handed out and not given back. */
  live = 0;

  constructor(linear?: LinearPages) {
    this.linear = linear;
  }

  get bytes(): number {
    return this.pages.reduce((sum, page) => sum + page.byteLength, 0);
  }

  /** Reserves `words` words and returns their address; what they hold before is unspecified. */
  allocate(words: number): number {
    this.live += words;
    const first = this.pages[0];
    if (first === undefined) {
      this.pages.push(new Int32Array(FIRST_PAGE_WORDS));
      this.#page = 0;
      this.#used = 0;
    }
    if (words > PAGE_WORDS) return this.#allocateLarge(words);
    let page = this.pages[this.#page]!;
    if (this.#used + words > page.length) {
      if (page.length < PAGE_WORDS && this.#page === this.pages.length - 1) {
        let size = page.length;
        while (size < this.#used + words && size < PAGE_WORDS) size *= 2;
        const larger = this.#newPage(size, this.#page);
        larger.set(page);
        this.pages[this.#page] = larger;
        page = larger;
      }
      if (this.#used + words > page.length) {
        this.#page = this.pages.length;
        this.#used = 0;
        this.pages.push(this.#newPage(PAGE_WORDS, this.#page));
      }
    }
    const address = ((this.#page << PAGE_SHIFT) | this.#used) >>> 0;
    this.#used += words;
    return address;
  }

  /** The page of an address as bytes; the value begins at `(address & mask) * 4`. */
  bytesOf(address: number): Uint8Array {
    const page = this.pages[address >>> PAGE_SHIFT]!;
    let view = this.#views[address >>> PAGE_SHIFT];
    if (view === undefined || view.buffer !== page.buffer) {
      view = new Uint8Array(page.buffer);
      this.#views[address >>> PAGE_SHIFT] = view;
    }
    return view;
  }

  /** Tells that a value of `words` words is not needed any more. */
  release(words: number): void {
    this.live -= words;
    this.garbage += words;
  }

  /** Whether copying what lives into a new arena is worth it. */
  get wasteful(): boolean {
    return this.garbage > PAGE_WORDS && this.garbage > this.live;
  }

  clear(): void {
    // The first page is kept: tables of windows are emptied and filled again all the time.
    for (const page of this.pages.slice(1)) this.linear?.release(page);
    this.pages.length = Math.min(1, this.pages.length);
    if (this.pages.length === 1 && this.pages[0]!.length > PAGE_WORDS) this.pages.length = 0;
    this.#page = 0;
    this.#used = 0;
    this.garbage = 0;
    this.live = 0;
  }

  facts(): readonly number[] {
    return [this.#page, this.#used, this.garbage, this.live];
  }

  adopt(pages: readonly Page[], facts: readonly number[]): void {
    this.linear?.clear(this.pages);
    this.pages = pages.map((page, i) => {
      const own = this.#newPage(page.length, i);
      own.set(page as Int32Array);
      return own;
    });
    this.#page = facts[0] ?? 0;
    this.#used = facts[1] ?? 0;
    this.garbage = facts[2] ?? 0;
    this.live = facts[3] ?? 0;
  }

  /** Ends it: its pages are for others. */
  dispose(): void {
    this.linear?.dispose(this.pages);
    this.pages = [];
  }

  #newPage(words: number, index: number): Int32Array {
    const block = words === PAGE_WORDS ? this.linear?.allocate(index) : undefined;
    return block === undefined ? new Int32Array(words) : new Int32Array(block.buffer, block.address, words);
  }

  #allocateLarge(words: number): number {
    this.linear?.fail();
    const start = this.pages.length;
    this.pages.push(new Int32Array(words));
    for (let covered = PAGE_WORDS; covered < words; covered += PAGE_WORDS) this.pages.push(new Int32Array(0));
    this.#page = this.pages.length;
    this.#used = 0;
    this.pages.push(new Int32Array(FIRST_PAGE_WORDS));
    return (start << PAGE_SHIFT) >>> 0;
  }
}
