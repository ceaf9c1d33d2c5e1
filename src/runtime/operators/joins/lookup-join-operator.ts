import { Batch } from '../../../columnar/batch.ts';
import type { Column } from '../../../columnar/column.ts';
import type { EpochMs, Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import { InternalError } from '../../../errors/sluice-error.ts';
import { compileFilter, compileProjection, type Projector, type RowFilter } from '../../../expr/program.ts';
import type { LookupJoinExec } from '../../../planner/physical/time-joins.ts';
import type { Schema } from '../../../types/schema.ts';
import { complete } from '../../joins/join-input.ts';
import { ABSENT, readPresent, withStandIns } from '../../joins/pair-output.ts';
import {
  createLookup,
  fetchedSchema,
  type Dimension,
  type DimensionEnvironment,
  type Found,
} from '../../lookup/dimension.ts';
import { FetchedDimension } from '../../lookup/fetched-dimension.ts';
import { LoadedDimension } from '../../lookup/loaded-dimension.ts';
import { gather, rowsOf } from '../../rows.ts';

const OUTPUT_ROWS = 4096;

/**
 * Dimension join: every row with the rows of a table that have its key, in the order of the input, with the kind of the
 * row. The keys of a batch are looked up together; nothing overtakes a batch that waits.
 */
export class LookupJoinOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: LookupJoinExec;
  readonly #environment: DimensionEnvironment;
  readonly #fetched: Schema;
  /** Undefined: the fetched columns as they are. */
  readonly #project: Projector | undefined;
  readonly #passing: RowFilter | undefined;
  readonly #conditionSchema: Schema;
  #dimension: Dimension | undefined;
  /** By row of the batch: its number among the keys looked up, ABSENT where a key is NULL. */
  #places = new Int32Array(0);
  #order = new Int32Array(OUTPUT_ROWS);
  #refs = new Int32Array(OUTPUT_ROWS);
  #pairs = 0;

  constructor(node: LookupJoinExec, environment: DimensionEnvironment) {
    this.#node = node;
    this.#environment = environment;
    this.#fetched = fetchedSchema(node);
    const plain = node.fetched.every((one, i) => one.kind === 'column' && one.index === i);
    this.#project = plain ? undefined : compileProjection(node.fetched, this.#fetched);
    this.#conditionSchema = { fields: (node.condition?.columns ?? []).map((at) => this.#fieldOf(at)) };
    this.#passing = node.condition && compileFilter(node.condition.expr, this.#conditionSchema);
  }

  async open(context: OperatorContext): Promise<void> {
    const lookup = await createLookup(this.#node, context, this.#environment);
    const make = this.#node.cache.kind === 'all' ? LoadedDimension : FetchedDimension;
    this.#dimension = new make(this.#node, lookup, context);
    await this.#dimension.open();
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const { keys } = this.#node;
    const { rows, count } = complete(
      batch,
      keys.map((one) => one.input),
    );
    const columns = keys.map((one) => batch.columns[one.input]!);
    if (this.#dimension === undefined) throw new InternalError('a lookup join is used before it is open');
    const found = this.#dimension.find(columns, rows, count);
    if (found instanceof Promise) return found.then((one) => this.#join(batch, one, { rows, count }, out));
    return this.#join(batch, found, { rows, count }, out);
  }

  onTimer(nowMs: EpochMs): void {
    this.#dimension?.onTimer?.(nowMs);
  }

  async close(): Promise<void> {
    await this.#dimension?.close();
  }

  describe(): Readonly<Record<string, string>> {
    return { join: this.#node.joinType, table: this.#node.table.name, cache: this.#node.cache.kind };
  }

  async #join(
    batch: Batch,
    found: Found,
    asked: { readonly rows: Int32Array; readonly count: number },
    out: Out,
  ): Promise<void> {
    const rows = rowsOf(batch);
    const { size } = batch;
    const { maxRows = Infinity, joinType } = this.#node;
    if (this.#places.length < size) this.#places = new Int32Array(size * 2);
    const places = this.#places;
    for (let k = 0, asking = 0; k < size; k++) {
      places[k] = asking < asked.count && asked.rows[asking] === rows[k] ? asking++ : ABSENT;
    }
    let from = 0;
    for (let k = 0; k < size; k++) {
      let matches = 0;
      if (places[k]! >= 0) {
        for (let ref = found.first(places[k]!); ref >= 0 && matches < maxRows; ref = found.next(ref)) {
          this.#add(k, ref);
          matches++;
        }
      }
      // A left join also gives the rows without match, which are no pairs: its parts end by rows too.
      const full = this.#pairs >= OUTPUT_ROWS || (joinType === 'left' && k - from >= OUTPUT_ROWS);
      if (!full && k < size - 1) continue;
      const result = this.#result(batch, found, from, k + 1);
      from = k + 1;
      if (result !== undefined) await out.emit(result);
    }
    found.done();
  }

  #add(k: number, ref: number): void {
    if (this.#pairs === this.#order.length) {
      const [order, refs] = [this.#order, this.#refs];
      this.#order = new Int32Array(order.length * 2);
      this.#refs = new Int32Array(order.length * 2);
      this.#order.set(order);
      this.#refs.set(refs);
    }
    this.#order[this.#pairs] = k;
    this.#refs[this.#pairs++] = ref;
  }

  /** What the pairs found so far make of the rows `from … to` of the batch. */
  #result(batch: Batch, found: Found, from: number, to: number): Batch | undefined {
    const count = this.#filtered(batch, found);
    this.#pairs = 0;
    if (this.#node.joinType === 'inner') {
      return count === 0 ? undefined : this.#rows(batch, found, this.#order, this.#refs, count);
    }
    const most = count + to - from;
    const order = new Int32Array(most);
    const refs = new Int32Array(most);
    let size = 0;
    for (let k = from, pair = 0; k < to; k++) {
      if (pair === count || this.#order[pair] !== k) {
        order[size] = k;
        refs[size++] = ABSENT;
        continue;
      }
      for (; pair < count && this.#order[pair] === k; pair++) {
        order[size] = k;
        refs[size++] = this.#refs[pair]!;
      }
    }
    return this.#rows(batch, found, order, refs, size);
  }

  /** Moves the pairs that fulfil the condition to the front. @returns how many there are */
  #filtered(batch: Batch, found: Found): number {
    const count = this.#pairs;
    const { condition, inputWidth } = this.#node;
    if (condition === undefined || this.#passing === undefined || count === 0) return count;
    const physical = this.#physical(batch, this.#order, count);
    const right = condition.columns.some((at) => at >= inputWidth) ? this.#right(found, this.#refs, count) : [];
    const columns = condition.columns.map((at) =>
      at < inputWidth ? gather(batch.columns[at]!, physical, count) : right[at - inputWidth]!,
    );
    const kept = this.#passing(new Batch(this.#conditionSchema, columns, count));
    if (kept === null) return count;
    for (let k = 0; k < kept.length; k++) {
      this.#order[k] = this.#order[kept[k]!]!;
      this.#refs[k] = this.#refs[kept[k]!]!;
    }
    return kept.length;
  }

  #rows(batch: Batch, found: Found, order: Int32Array, refs: Int32Array, count: number): Batch {
    const { inputWidth, schema } = this.#node;
    const physical = this.#physical(batch, order, count);
    const whole = batch.selection === null && count === batch.rowCount && isAscending(order, count);
    const left = batch.columns.slice(0, inputWidth).map((one) => (whole ? one : gather(one, physical, count)));
    const { kinds } = batch;
    const passed = kinds === null || whole ? kinds : Uint8Array.from(physical, (row) => kinds[row]!);
    return new Batch(schema, [...left, ...this.#right(found, refs, count)], count, null, passed);
  }

  /** The columns of the right side for these fetched rows; ABSENT gives NULLs. */
  #right(found: Found, refs: Int32Array, count: number): readonly Column[] {
    const present = withStandIns(refs, count);
    const { fetched } = this.#node;
    if (this.#project === undefined || present.refs === undefined) {
      return fetched.map((one, i) => readPresent(found, i, present, one.type, count));
    }
    const raw = this.#fetched.fields.map((_, i) => found.column(i, present.refs ?? refs, count));
    const made = this.#project(new Batch(this.#fetched, raw, count));
    const side = { column: (column: number) => made[column]! };
    return fetched.map((one, i) => readPresent(side, i, present, one.type, count));
  }

  #physical(batch: Batch, order: Int32Array, count: number): Int32Array {
    if (batch.selection === null) return order.subarray(0, count);
    const physical = new Int32Array(count);
    for (let k = 0; k < count; k++) physical[k] = batch.selection[order[k]!]!;
    return physical;
  }

  #fieldOf(at: number): Schema['fields'][number] {
    const { input, inputWidth, fetched } = this.#node;
    if (at < inputWidth) return input.schema.fields[at]!;
    return { name: `fetched ${at - inputWidth}`, type: fetched[at - inputWidth]!.type, nullable: true };
  }
}

function isAscending(order: Int32Array, count: number): boolean {
  for (let k = 0; k < count; k++) if (order[k] !== k) return false;
  return true;
}
