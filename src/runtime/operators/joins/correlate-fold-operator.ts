import { Batch } from '../../../columnar/batch.ts';
import { ColumnBuilder } from '../../../columnar/builder.ts';
import type { Column } from '../../../columnar/column.ts';
import type { TableExpander, TableRows } from '../../../contracts/function.ts';
import type { Operator, Out } from '../../../contracts/operator.ts';
import { InternalError } from '../../../errors/sluice-error.ts';
import { compileFilter, compileProjection, type Projector, type RowFilter } from '../../../expr/program.ts';
import type { CorrelateExec } from '../../../planner/physical/plan.ts';
import type { Schema } from '../../../types/schema.ts';
import { gather, rowsOf } from '../../rows.ts';
import { StateRegistry } from '../../state/state-registry.ts';
import { AggregateSet } from '../grouping/aggregate-set.ts';

/** So many rows of the function are aggregated together. */
const CHUNK_ROWS = 4096;

/**
 * Every row with aggregates of the rows that its table function gives. A row is a group of its own, by its place in the
 * batch, and forgotten with the batch.
 */
export class CorrelateFoldOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: CorrelateExec;
  readonly #arguments: Projector;
  readonly #expander: TableExpander;
  readonly #aggregates: AggregateSet;
  /** Of the input, and of the function, what the filter and the calls read. */
  readonly #inputs: readonly number[];
  readonly #made: readonly number[];
  readonly #schema: Schema;
  readonly #filter: RowFilter | undefined;
  readonly #values: Projector;
  readonly #valueSchema: Schema;

  constructor(node: CorrelateExec) {
    const { fold, call, input } = node;
    if (fold === undefined) throw new InternalError('nothing is folded');
    this.#node = node;
    this.#arguments = compileProjection(node.args, input.schema);
    this.#expander = call.binding.create();
    this.#aggregates = new AggregateSet(fold.calls, new StateRegistry(), { retracts: false });
    this.#inputs = fold.inputs;
    this.#made = fold.made;
    this.#schema = {
      fields: [
        ...this.#inputs.map((column) => input.schema.fields[column]!),
        ...this.#made.map((column) => call.binding.columns[column]!),
      ],
    };
    this.#filter = fold.filter === undefined ? undefined : compileFilter(fold.filter, this.#schema);
    this.#values = compileProjection(fold.exprs, this.#schema);
    this.#valueSchema = { fields: fold.exprs.map(({ type }, i) => ({ name: `arg${i}`, type, nullable: true })) };
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const { size } = batch;
    if (size === 0) return undefined;
    const args = this.#arguments(batch);
    const rows = rowsOf(batch);
    this.#aggregates.ensure(size);
    let chunk = this.#chunk();
    for (let k = 0; k < size; k++) {
      chunk.place = k;
      let from = 0;
      do {
        from = this.#expander.expand(args, rows[k]!, from, chunk);
        if (!chunk.isFull) continue;
        this.#take(batch, rows, chunk);
        chunk = this.#chunk();
      } while (from > 0);
    }
    if (chunk.count > 0) this.#take(batch, rows, chunk);
    const slots = Int32Array.from({ length: size }, (_, k) => k);
    const results = this.#aggregates.results(slots, size);
    this.#aggregates.reset(size);
    const passed = this.#node.pass.map((column) => gather(batch.columns[column]!, rows, size));
    const kinds = batch.kinds === null ? null : Uint8Array.from(slots, (k) => batch.kinds?.[rows[k]!] ?? 0);
    return out.emit(new Batch(this.#node.schema, [...passed, ...results], size, null, kinds));
  }

  describe(): Readonly<Record<string, string>> {
    return { function: this.#node.call.name, type: 'folded' };
  }

  #chunk(): Chunk {
    return new Chunk(this.#node.call.binding.columns.map((one) => new ColumnBuilder(one.type, CHUNK_ROWS)));
  }

  #take(batch: Batch, rows: Int32Array, { builders, places, count }: Chunk): void {
    const slots = Int32Array.from(places);
    const parents = slots.map((place) => rows[place]!);
    const made = builders.map((one) => one.finish());
    const columns: Column[] = [
      ...this.#inputs.map((column) => gather(batch.columns[column]!, parents, count)),
      ...this.#made.map((column) => made[column]!),
    ];
    const all = new Batch(this.#schema, columns, count);
    const passing = this.#filter?.(all) ?? null;
    const taken = passing ?? Int32Array.from({ length: count }, (_, k) => k);
    const values = new Batch(this.#valueSchema, [...this.#values(all)], count);
    this.#aggregates.accumulate(values, taken, passing === null ? slots : passing.map((k) => slots[k]!), taken.length);
  }
}

/** What the function gave, and the place in the batch of the row that it was for. */
class Chunk implements TableRows {
  readonly builders: readonly ColumnBuilder[];
  readonly places: number[] = [];
  place = 0;

  constructor(builders: readonly ColumnBuilder[]) {
    this.builders = builders;
  }

  get columns(): readonly ColumnBuilder[] {
    return this.builders;
  }

  get count(): number {
    return this.places.length;
  }

  get isFull(): boolean {
    return this.places.length >= CHUNK_ROWS;
  }

  endRow(): void {
    this.places.push(this.place);
  }
}
