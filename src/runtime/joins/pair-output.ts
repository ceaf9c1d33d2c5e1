import { Batch } from '../../columnar/batch.ts';
import { allocateValues, bytesColumn, fixedColumn, type Column } from '../../columnar/column.ts';
import { compileFilter, type RowFilter } from '../../expr/program.ts';
import type { JoinCondition } from '../../planner/physical/plan.ts';
import { layoutOf } from '../../types/layout.ts';
import type { Schema } from '../../types/schema.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { gather } from '../rows.ts';

/** No row of this side: its columns are NULL. */
export const ABSENT = -1;

/** How rows of one side are read, column by column. */
export interface PairSide {
  column(column: number, refs: Int32Array, count: number): Column;
}

/** The rows of a batch, by physical row. */
export function batchSide(batch: Batch): PairSide {
  return { column: (column, refs, count) => gather(batch.columns[column]!, refs, count) };
}

interface PairNode {
  readonly left: { readonly schema: Schema };
  readonly right: { readonly schema: Schema };
  readonly schema: Schema;
  readonly outputs: readonly number[];
  readonly condition: JoinCondition | undefined;
}

/** Pairs of a left and a right row: those that fulfil the condition of a join, and the rows it makes of them. */
export class PairOutput {
  readonly #node: PairNode;
  readonly #width: number;
  readonly #passing: RowFilter | undefined;
  readonly #conditionSchema: Schema;

  constructor(node: PairNode) {
    this.#node = node;
    this.#width = node.left.schema.fields.length;
    const fields = [...node.left.schema.fields, ...node.right.schema.fields];
    this.#conditionSchema = { fields: (node.condition?.columns ?? []).map((at) => fields[at]!) };
    this.#passing = node.condition && compileFilter(node.condition.expr, this.#conditionSchema);
  }

  /** Moves the pairs that fulfil the condition to the front. @returns how many there are */
  passing(left: Int32Array, right: Int32Array, count: number, sides: readonly [PairSide, PairSide]): number {
    if (this.#passing === undefined || this.#node.condition === undefined || count === 0) return count;
    const columns = this.#node.condition.columns.map((at) =>
      at < this.#width ? sides[0].column(at, left, count) : sides[1].column(at - this.#width, right, count),
    );
    const kept = this.#passing(new Batch(this.#conditionSchema, columns, count));
    if (kept === null) return count;
    for (let k = 0; k < kept.length; k++) {
      left[k] = left[kept[k]!]!;
      right[k] = right[kept[k]!]!;
    }
    return kept.length;
  }

  /** The rows of these pairs, some perhaps without a row of one side. @param kinds by pair; null: all are inserts */
  rows(
    left: Int32Array,
    right: Int32Array,
    count: number,
    sides: readonly [PairSide, PairSide],
    kinds: Uint8Array | null = null,
  ): Batch {
    const { outputs, schema } = this.#node;
    const present = [withStandIns(left, count), withStandIns(right, count)];
    const columns = outputs.map((at, i) => {
      const second = at >= this.#width;
      const column = second ? at - this.#width : at;
      return readPresent(sides[second ? 1 : 0], column, present[second ? 1 : 0]!, schema.fields[i]!.type, count);
    });
    return new Batch(schema, columns, count, null, kinds);
  }
}

interface Present {
  /** Rows to read, one that is there in place of those that are not; undefined: none is. */
  readonly refs: Int32Array | undefined;
  readonly nulls: Uint8Array | null;
}

export function withStandIns(refs: Int32Array, count: number): Present {
  let absent = 0;
  let standIn = ABSENT;
  for (let k = 0; k < count; k++) {
    if (refs[k]! < 0) absent++;
    else standIn = refs[k]!;
  }
  if (absent === 0) return { refs, nulls: null };
  if (absent === count) return { refs: undefined, nulls: null };
  const safe = refs.slice(0, count);
  const nulls = new Uint8Array(count);
  for (let k = 0; k < count; k++) {
    if (safe[k]! >= 0) continue;
    safe[k] = standIn;
    nulls[k] = 1;
  }
  return { refs: safe, nulls };
}

export function readPresent(side: PairSide, at: number, present: Present, type: SqlType, count: number): Column {
  if (present.refs === undefined) return nullColumn(type, count);
  const column = side.column(at, present.refs, count);
  if (present.nulls === null) return column;
  const nulls = present.nulls.slice();
  if (column.nulls !== null) for (let k = 0; k < count; k++) if (column.nulls[k] === 1) nulls[k] = 1;
  return { ...column, nulls };
}

export function nullColumn(type: SqlType, count: number): Column {
  const nulls = new Uint8Array(count).fill(1);
  const layout = layoutOf(type);
  if (layout === 'bytes') {
    const parts = { bytes: new Uint8Array(0), offsets: new Int32Array(count), lengths: new Int32Array(count) };
    return bytesColumn(type, parts, count, nulls);
  }
  return fixedColumn(type, allocateValues(layout, count), count, nulls);
}
