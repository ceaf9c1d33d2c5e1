import { Batch } from '../../columnar/batch.ts';
import { ColumnBuilder } from '../../columnar/builder.ts';
import type { Column } from '../../columnar/column.ts';
import type { Aggregator } from '../../contracts/function.ts';
import { ANY_VARIABLE, type MatchAnchor, type MatchColumn } from '../../planner/physical/match-plan.ts';
import type { Schema } from '../../types/schema.ts';
import { ascendingRows } from '../rows.ts';
import { StateRegistry } from '../state/state-registry.ts';
import { NONE, type MatchStore } from './match-store.ts';

/**
 * Where matches are looked at from, in parallel arrays: the rows up to `nodes[k]`, and behind them `rows[k]` tried as
 * `variable` where a condition is decided. `ends[k]` is the last node of the match.
 */
export interface Views {
  readonly nodes: Int32Array;
  readonly ends: Int32Array;
  readonly rows: Int32Array | undefined;
  readonly variable: number;
}

/** Gathers what expressions over matches read into the columns of a batch. */
export class MatchGather {
  readonly schema: Schema;
  readonly #columns: readonly MatchColumn[];
  readonly #store: MatchStore;
  readonly #names: readonly string[];
  readonly #aggregators: readonly (Aggregator | undefined)[];

  /** @param names of the variables */
  constructor(columns: readonly MatchColumn[], store: MatchStore, names: readonly string[]) {
    this.#columns = columns;
    this.#store = store;
    this.#names = names;
    this.#aggregators = columns.map((column) =>
      column.kind === 'aggregate' ? column.call.binding.create(new StateRegistry(), false) : undefined,
    );
    this.schema = {
      fields: columns.map((column, i) => ({
        name: `c${i}`,
        type: column.kind === 'aggregate' ? column.call.type : column.type,
        nullable: true,
      })),
    };
  }

  batch(views: Views, count: number): Batch {
    const columns = this.#columns.map((column, i): Column => {
      switch (column.kind) {
        case 'cell':
          return this.#cells(column, views, count);
        case 'classifier':
          return this.#classifiers(column, views, count);
        case 'aggregate':
          return this.#aggregate(column, this.#aggregators[i]!, views, count);
      }
    });
    return new Batch(this.schema, columns, count);
  }

  #cells(column: Extract<MatchColumn, { kind: 'cell' }>, views: Views, count: number): Column {
    const slots = new Int32Array(count);
    let missing: Uint8Array | undefined;
    for (let k = 0; k < count; k++) {
      const row = this.#find(column.anchor, views, k);
      if (row === NONE) (missing ??= new Uint8Array(count))[k] = 1;
      else slots[k] = row;
    }
    const found = this.#store.rows.column(column.column, slots, count);
    if (missing === undefined) return found;
    if (found.nulls !== null) for (let k = 0; k < count; k++) missing[k]! |= found.nulls[k]!;
    return { ...found, nulls: missing };
  }

  /** The row of an anchor, NONE where there is none. */
  #find(anchor: MatchAnchor, views: Views, k: number): number {
    const store = this.#store;
    const { variable, offset, back } = anchor;
    const node = anchor.final ? views.ends[k]! : views.nodes[k]!;
    const row = views.rows === undefined ? NONE : views.rows[k]!;
    const isOwn = row !== NONE && (variable === ANY_VARIABLE || store.isOf(variable, views.variable));
    const before = variable === ANY_VARIABLE ? store.depth(node) : store.count(node, variable);
    // The place among the rows of the variable, the tried one being the last of them.
    const total = before + (isOwn ? 1 : 0);
    const place = anchor.from === 'first' ? offset : total - 1 - offset;
    if (place < 0 || place >= total) return NONE;
    if (place === before) return back === 0 ? row : store.rowBefore(row, back);
    let at = variable === ANY_VARIABLE ? node : store.lastOf(node, variable);
    for (let steps = before - 1 - place; steps > 0; steps--) {
      at = variable === ANY_VARIABLE ? store.previous(at) : store.sameBefore(at, variable);
    }
    return back === 0 ? store.nodeRow.get(at) : store.rowBeforeNode(at, back);
  }

  #classifiers(column: Extract<MatchColumn, { kind: 'classifier' }>, views: Views, count: number): Column {
    const builder = new ColumnBuilder(column.type, count);
    for (let k = 0; k < count; k++) {
      const node = column.final ? views.ends[k]! : views.nodes[k]!;
      const variable = views.rows === undefined ? this.#store.nodeVariable.get(node) : views.variable;
      builder.appendString(this.#names[variable]!);
    }
    return builder.finish();
  }

  #aggregate(
    column: Extract<MatchColumn, { kind: 'aggregate' }>,
    aggregator: Aggregator,
    views: Views,
    count: number,
  ): Column {
    const store = this.#store;
    const rows: number[] = [];
    const owners: number[] = [];
    for (let k = 0; k < count; k++) {
      const first = rows.length;
      const isAny = column.variable === ANY_VARIABLE;
      const end = column.final ? views.ends[k]! : views.nodes[k]!;
      if (views.rows !== undefined && (isAny || store.isOf(column.variable, views.variable))) rows.push(views.rows[k]!);
      let node = isAny ? end : store.lastOf(end, column.variable);
      for (; node >= 0; node = isAny ? store.previous(node) : store.sameBefore(node, column.variable))
        rows.push(store.nodeRow.get(node));
      // They were found from the last to the first; FIRST_VALUE and the like ask for their order.
      for (let i = first, j = rows.length - 1; i < j; i++, j--) [rows[i], rows[j]] = [rows[j]!, rows[i]!];
      while (owners.length < rows.length) owners.push(k);
    }
    aggregator.ensure(count);
    const slots = Int32Array.from(rows);
    const args = column.call.args.map((arg) => store.rows.column(arg, slots, slots.length));
    if (slots.length > 0)
      aggregator.accumulate(args, ascendingRows(slots.length), Int32Array.from(owners), slots.length);
    const result = aggregator.result(ascendingRows(count).slice(0, count), count);
    for (let k = 0; k < count; k++) aggregator.clear(k);
    return result;
  }
}
