import type { TextBatch } from '../index.ts';
import type { Cells } from './table.ts';

export interface ChangelogTableOptions {
  /** For insert-only streams: only so many of the newest rows are held, the count goes on. */
  readonly keepLast?: number;
  /** Columns that name a row where +U and -D come without -U; undefined: changes take back whole rows. */
  readonly upsertKey?: readonly number[] | undefined;
}

/** The rows a changelog stands for, in order of first appearance; an update stays in its place. */
export class ChangelogTable {
  /** Retractions without a row to take back; not 0 means that the changelog is broken. */
  unmatched = 0;
  private slots: (Cells | undefined)[] = [];
  /** Text of a row or its key → its slots, oldest first; a key has one. */
  private readonly slotsOf = new Map<string, number[]>();
  /** Slots left by -U, waiting for their +U. */
  private readonly open: number[] = [];
  private count = 0;
  private readonly keepLast: number;
  private readonly upsertKey: readonly number[] | undefined;

  constructor(options: ChangelogTableOptions = {}) {
    this.keepLast = options.keepLast ?? Infinity;
    this.upsertKey = options.upsertKey;
  }

  /** Rows the changelog stands for, also those no longer held. */
  get size(): number {
    return this.count;
  }

  apply(batch: TextBatch): void {
    for (let i = 0; i < batch.cells.length; i++) {
      const cells = batch.cells[i]!;
      const kind = batch.kinds[i]!;
      if (kind === '+I' || kind === '+U') this.add(cells, kind === '+U');
      else this.remove(cells, kind === '-U');
    }
  }

  rows(): Cells[] {
    return this.slots.filter((row) => row !== undefined);
  }

  /** The newest `limit` rows in order. */
  tail(limit: number): Cells[] {
    const rows: Cells[] = [];
    for (let i = this.slots.length - 1; i >= 0 && rows.length < limit; i--) {
      const row = this.slots[i];
      if (row !== undefined) rows.push(row);
    }
    return rows.reverse();
  }

  private add(cells: Cells, update: boolean): void {
    if (this.keepLast !== Infinity) {
      this.count++;
      this.slots.push(cells);
      if (this.slots.length > this.keepLast * 2) this.slots = this.slots.slice(-this.keepLast);
      return;
    }
    const key = this.keyOf(cells);
    const known = this.slotsOf.get(key);
    if (this.upsertKey !== undefined && known !== undefined) {
      this.slots[known[0]!] = cells;
      return;
    }
    this.count++;
    const at = (update ? this.open.shift() : undefined) ?? this.slots.length;
    this.slots[at] = cells;
    if (known === undefined) this.slotsOf.set(key, [at]);
    else known.push(at);
  }

  private remove(cells: Cells, keepPlace: boolean): void {
    const key = this.keyOf(cells);
    const known = this.slotsOf.get(key);
    const at = known?.pop();
    if (known === undefined || at === undefined) {
      this.unmatched++;
      return;
    }
    if (known.length === 0) this.slotsOf.delete(key);
    this.slots[at] = undefined;
    this.count--;
    if (keepPlace) this.open.push(at);
    else if (this.open.length === 0 && this.slots.length > 1024 && this.count < this.slots.length / 2) this.compact();
  }

  private compact(): void {
    this.slots = this.rows();
    this.slotsOf.clear();
    this.slots.forEach((row, at) => {
      if (row === undefined) return;
      const key = this.keyOf(row);
      const known = this.slotsOf.get(key);
      if (known === undefined) this.slotsOf.set(key, [at]);
      else known.push(at);
    });
  }

  private keyOf(cells: Cells): string {
    let key = '';
    if (this.upsertKey === undefined) for (const cell of cells) key += cellKey(cell);
    else for (const column of this.upsertKey) key += cellKey(cells[column] ?? null);
    return key;
  }
}

function cellKey(cell: string | null): string {
  return cell === null ? '-;' : `${cell.length};${cell}`;
}
