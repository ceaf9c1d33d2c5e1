import type { Batch } from '../columnar/batch.ts';
import { cellText, eachRow, type TextSettings } from './rows.ts';

interface Kept {
  readonly batch: Batch;
  readonly row: number;
}

/**
 * What is left after applying changes in order: a multiset of rows, or rows by key where the query provides one. Rows
 * keep the place of their first insert, an updated row takes the place of the one it replaces.
 */
export class FinalRows {
  readonly #settings: TextSettings;
  readonly #keys: readonly number[] | undefined;
  readonly #updating: boolean;
  readonly #rows: (Kept | undefined)[] = [];
  /** Row text (or key text) → positions in `#rows`. */
  readonly #places = new Map<string, number[]>();
  /** The place a -U freed; the +U behind it takes it. */
  #freed: number | undefined;

  /**
   * @param changelog `updating`: changes other than +I can come, so rows must be found again; `keys`: columns of the
   *                  upsert key, for changelogs without -U
   */
  constructor(
    settings: TextSettings,
    changelog: { readonly updating: boolean; readonly keys: readonly number[] | undefined },
  ) {
    this.#settings = settings;
    this.#keys = changelog.keys;
    this.#updating = changelog.updating;
  }

  apply(batch: Batch): void {
    if (!this.#updating) {
      eachRow(batch, (row) => this.#rows.push({ batch, row }));
      return;
    }
    eachRow(batch, (row, kind) => {
      const name = this.#name(batch, row);
      if (kind === '-U' || kind === '-D') this.#remove(name, kind);
      else this.#add(name, { batch, row });
    });
  }

  /** The rows in order, each as its batch and physical row. */
  *[Symbol.iterator](): Iterator<Kept> {
    for (const one of this.#rows) if (one !== undefined) yield one;
  }

  #add(name: string, kept: Kept): void {
    const places = this.#places.get(name) ?? [];
    if (this.#keys !== undefined && places.length > 0) {
      this.#rows[places[0]!] = kept;
      return;
    }
    const place = this.#freed ?? this.#rows.length;
    this.#freed = undefined;
    this.#rows[place] = kept;
    places.push(place);
    this.#places.set(name, places);
  }

  #remove(name: string, kind: '-U' | '-D'): void {
    const places = this.#places.get(name);
    const place = places?.pop();
    if (place === undefined) return;
    if (places?.length === 0) this.#places.delete(name);
    this.#rows[place] = undefined;
    if (kind === '-U') this.#freed = place;
  }

  #name(batch: Batch, row: number): string {
    const columns = this.#keys === undefined ? batch.columns : this.#keys.map((index) => batch.columns[index]!);
    return JSON.stringify(columns.map((column) => cellText(column, row, this.#settings)));
  }
}
