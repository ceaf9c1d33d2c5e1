import { Batch } from '../../../columnar/batch.ts';
import { ColumnBuilder } from '../../../columnar/builder.ts';
import type { Column } from '../../../columnar/column.ts';
import type { TableExpander, TableRows } from '../../../contracts/function.ts';
import type { Operator, Out } from '../../../contracts/operator.ts';
import { compileProjection, type Projector } from '../../../expr/program.ts';
import type { CorrelateExec } from '../../../planner/physical/plan.ts';
import { gather, rowsOf } from '../../rows.ts';

/** Rows of one output batch; a function that gives more is called again. */
const OUTPUT_ROWS = 4096;
/** Full batches after which others get a turn, where no reader makes it wait: a function may have no end. */
const TURN_BATCHES = 16;

/**
 * Every row with each row its table function gives. What the function makes goes into builders, beside them the physical
 * row each was made from; the columns of the input are then gathered once a batch, and so are its kinds.
 */
export class CorrelateOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: CorrelateExec;
  readonly #arguments: Projector;
  readonly #expander: TableExpander;
  readonly #keepsAll: boolean;
  readonly #unwanted: AbortSignal;
  #untilTurn = TURN_BATCHES;

  /** @param unwanted ends the expansion of a row in its middle */
  constructor(node: CorrelateExec, unwanted: AbortSignal) {
    this.#node = node;
    this.#unwanted = unwanted;
    this.#arguments = compileProjection(node.args, node.input.schema);
    this.#expander = node.call.binding.create();
    this.#keepsAll = node.joinType === 'left';
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const walk = new Walk(batch, this.#arguments(batch));
    return this.#from(walk, this.#rows(batch.size), out);
  }

  describe(): Readonly<Record<string, string>> {
    return { function: this.#node.call.name, type: this.#node.joinType };
  }

  /** Waits only where the reader does. */
  #from(walk: Walk, rows: Made, out: Out): void | Promise<void> {
    for (;;) {
      const more = this.#fill(walk, rows);
      const pending = rows.count === 0 ? undefined : out.emit(this.#batch(walk.batch, rows));
      if (!more) return pending;
      if (this.#unwanted.aborted) return pending;
      rows = this.#rows(OUTPUT_ROWS);
      const wait = pending ?? this.#turn();
      if (wait !== undefined) return wait.then(() => this.#from(walk, rows, out));
    }
  }

  #turn(): Promise<void> | undefined {
    if (--this.#untilTurn > 0) return undefined;
    this.#untilTurn = TURN_BATCHES;
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Calls the function row by row until the output is full; false when the batch is through. */
  #fill(walk: Walk, made: Made): boolean {
    const { rows, size, args } = walk;
    while (walk.next < size) {
      const row = rows[walk.next]!;
      made.row = row;
      const before = made.count;
      const resumed = walk.from > 0;
      walk.from = this.#expander.expand(args, row, walk.from, made);
      if (this.#keepsAll && !resumed && walk.from === 0 && made.count === before) made.endNulls();
      if (walk.from === 0) walk.next++;
      if (made.isFull && walk.next < size) return true;
    }
    return false;
  }

  #rows(expected: number): Made {
    const { columns } = this.#node.call.binding;
    const capacity = Math.min(OUTPUT_ROWS, Math.max(16, expected * 2));
    return new Made(
      columns.map((one) => new ColumnBuilder(one.type, capacity)),
      capacity,
    );
  }

  #batch(batch: Batch, made: Made): Batch {
    const { pass, columns, schema } = this.#node;
    const { count, parents } = made;
    const passed = pass.map((index) => gather(batch.columns[index]!, parents, count));
    const given = columns.map((index) => made.columns[index]!.finish());
    let kinds: Uint8Array | null = null;
    if (batch.kinds !== null) {
      kinds = new Uint8Array(count);
      for (let k = 0; k < count; k++) kinds[k] = batch.kinds[parents[k]!]!;
    }
    return new Batch(schema, [...passed, ...given], count, null, kinds);
  }
}

/** How far a batch is through. */
class Walk {
  readonly batch: Batch;
  readonly args: readonly Column[];
  readonly rows: Int32Array;
  readonly size: number;
  next = 0;
  /** What the function wants to be called with for row `next`. */
  from = 0;

  constructor(batch: Batch, args: readonly Column[]) {
    this.batch = batch;
    this.args = args;
    this.rows = rowsOf(batch);
    this.size = batch.size;
  }
}

/** The rows of one output batch in the making. */
class Made implements TableRows {
  readonly columns: readonly ColumnBuilder[];
  parents: Int32Array;
  count = 0;
  /** The input row that rows are being made of. */
  row = 0;

  constructor(columns: readonly ColumnBuilder[], capacity: number) {
    this.columns = columns;
    this.parents = new Int32Array(capacity);
  }

  get isFull(): boolean {
    return this.count >= OUTPUT_ROWS;
  }

  endRow(): void {
    if (this.count === this.parents.length) {
      const larger = new Int32Array(this.count * 2);
      larger.set(this.parents);
      this.parents = larger;
    }
    this.parents[this.count++] = this.row;
  }

  endNulls(): void {
    for (const column of this.columns) column.appendNull();
    this.endRow();
  }
}
