import type { Column } from '../../columnar/column.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import type { Schema } from '../../types/schema.ts';
import { ascendingRows } from '../rows.ts';
import { RowStore } from '../state/row-store.ts';
import { StateRegistry } from '../state/state-registry.ts';
import type { WindowState } from './window-states.ts';

/** Rows in the order of their arrival, kept until their window is over. */
export class RowLog implements WindowState {
  readonly #state = new StateRegistry();
  readonly #rows: RowStore;
  length = 0;

  constructor(schema: Schema) {
    this.#rows = new RowStore(this.#state, schema);
  }

  get bytes(): number {
    return this.#state.memoryBytes;
  }

  append(columns: readonly Column[], rows: Int32Array, count: number): void {
    const slots = ascendingRows(this.length + count).subarray(this.length, this.length + count);
    this.#rows.write(columns, rows, slots, count);
    this.length += count;
  }

  /** These rows, by their place in the log. */
  read(places: Int32Array, count: number): Column[] {
    return this.#rows.read(places, count);
  }

  reset(): void {
    for (let slot = 0; slot < this.length; slot++) this.#rows.clear(slot);
    this.length = 0;
  }

  snapshot(into: StateWriter): void {
    into.putJson('length', this.length);
    this.#state.snapshot(into.scope('rows'));
  }

  restore(from: StateReader): void {
    this.length = from.getJson('length') as number;
    this.#state.restore(from.scope('rows'));
  }
}
