import { KIND_DELETE, KIND_UPDATE_BEFORE, type Batch } from '../../columnar/batch.ts';
import { ColumnBuilder } from '../../columnar/builder.ts';
import type { Column } from '../../columnar/column.ts';
import type { TableColumn } from '../../contracts/connector.ts';
import type { OperatorMetrics } from '../../contracts/operator.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import type { SinkExec } from '../../planner/physical/plan.ts';
import { typeName, type SqlType } from '../../types/sql-type.ts';
import { rowsOf } from '../rows.ts';

/**
 * What a table declares about its values, before they are written. Columns without NULLs cost one comparison a batch.
 * @returns undefined where there is nothing to look at
 */
export function sinkChecks(node: SinkExec, metrics: OperatorMetrics): ((batch: Batch) => Batch) | undefined {
  const { rules, table } = node;
  if (rules === undefined) return undefined;
  const limited = rules.lengths === 'ignore' ? [] : table.columns.flatMap((one, i) => limitOf(one, i) ?? []);
  if (rules.notNull.length === 0 && limited.length === 0) return undefined;
  const dropped = metrics.counter('droppedNulls');
  const changed = metrics.counter('fittedValues');
  const nulls = new NullCheck(node, rules.notNull, rules.dropsNulls);
  return (batch) => {
    const left = nulls.check(batch);
    if (left !== batch) dropped.add(batch.size - left.size);
    let columns: Column[] | undefined;
    for (const limit of limited) {
      const before = left.columns[limit.index]!;
      const after = fitted(before, left, { limit, table: table.name, fails: rules.lengths === 'error' });
      if (after === undefined) continue;
      changed.add(after.changed);
      columns ??= [...left.columns];
      columns[limit.index] = after.column;
    }
    return columns === undefined ? left : left.withColumns(left.schema, columns);
  };
}

class NullCheck {
  readonly #node: SinkExec;
  readonly #columns: readonly number[];
  readonly #drops: boolean;
  /** A delete of an upsert input may be known by its key alone. */
  readonly #keepsDeletes: boolean;

  constructor(node: SinkExec, columns: readonly number[], drops: boolean) {
    this.#node = node;
    this.#columns = columns;
    this.#drops = drops;
    this.#keepsDeletes = node.input.changelog === 'upsert';
  }

  /** @throws SluiceError ROW_CONSTRAINT where such rows are not dropped */
  check(batch: Batch): Batch {
    let left = batch;
    for (const index of this.#columns) {
      const { nulls } = left.columns[index]!;
      if (nulls === null) continue;
      const rows = rowsOf(left);
      const kept = new Int32Array(left.size);
      let count = 0;
      for (let k = 0; k < left.size; k++) {
        const row = rows[k]!;
        if (nulls[row] === 0 || this.#passes(left.kinds?.[row], index)) kept[count++] = row;
      }
      if (count < left.size) left = left.select(kept.subarray(0, count));
    }
    return left;
  }

  /** What becomes of a row with a NULL. A row that takes one back is taken out with it. */
  #passes(kind: number | undefined, index: number): boolean {
    const takesBack = kind === KIND_UPDATE_BEFORE || kind === KIND_DELETE;
    if (takesBack && (!this.#drops || this.#keepsDeletes)) return true;
    if (this.#drops) return false;
    const { name } = this.#node.table.columns[index]!;
    throw new SluiceError(
      'ROW_CONSTRAINT',
      `column "${name}" of table "${this.#node.table.name}" is NOT NULL and the query gives NULL`,
      {
        hint: `Keep such rows out (WHERE … IS NOT NULL), or SET 'table.exec.sink.not-null-enforcer' = 'DROP' to drop and count them.`,
      },
    );
  }
}

interface Limit {
  readonly index: number;
  readonly name: string;
  readonly type: SqlType;
  readonly length: number;
  /** In code points, else in bytes. */
  readonly text: boolean;
  /** What shorter values are filled up with; undefined: they are not. */
  readonly fill: number | undefined;
}

const BLANK = 0x20;

function limitOf({ name, type }: TableColumn, index: number): Limit | undefined {
  if (type.kind !== 'char' && type.kind !== 'varchar' && type.kind !== 'binary' && type.kind !== 'varbinary') {
    return undefined;
  }
  if (type.length === undefined) return undefined;
  const text = type.kind === 'char' || type.kind === 'varchar';
  const fill = type.kind === 'char' ? BLANK : type.kind === 'binary' ? 0 : undefined;
  return { index, name, type, length: type.length, text, fill };
}

/** The column with values cut and filled up to their length; undefined where all fit. @throws SluiceError ROW_CONSTRAINT */
function fitted(
  column: Column,
  batch: Batch,
  { limit, table, fails }: { readonly limit: Limit; readonly table: string; readonly fails: boolean },
): { readonly column: Column; readonly changed: number } | undefined {
  if (column.layout !== 'bytes') return undefined;
  const { bytes, offsets, lengths, nulls } = column;
  const { length, text, fill } = limit;
  const measure = (row: number): number => {
    const size = lengths[row]!;
    // No text has more code points than bytes.
    if (!text || (size <= length && fill === undefined)) return size;
    return codePoints(bytes, offsets[row]!, offsets[row]! + size);
  };
  const rows = rowsOf(batch);
  let changed = 0;
  for (let k = 0; k < batch.size; k++) {
    const row = rows[k]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const measured = measure(row);
    if (measured <= length && (fill === undefined || measured === length)) continue;
    changed++;
    if (!fails) continue;
    throw new SluiceError(
      'ROW_CONSTRAINT',
      `column "${limit.name}" of table "${table}" is ${typeName(limit.type)} and the query gives a value of length ${measured}`,
      { hint: `SET 'table.exec.sink.type-length-enforcer' = 'TRIM_PAD' cuts and fills up.` },
    );
  }
  if (changed === 0) return undefined;
  const builder = new ColumnBuilder(column.type, batch.rowCount);
  const filled = new Uint8Array(length).fill(fill ?? 0);
  for (let row = 0; row < batch.rowCount; row++) {
    if (nulls !== null && nulls[row] === 1) {
      builder.appendNull();
      continue;
    }
    const from = offsets[row]!;
    const size = lengths[row]!;
    const measured = measure(row);
    if (measured > length) {
      const end = text ? placeBehind(bytes, from, from + size, length) : from + length;
      builder.appendBytes(bytes, from, end - from);
    } else if (fill !== undefined && measured < length) {
      const padded = new Uint8Array(size + length - measured);
      padded.set(bytes.subarray(from, from + size));
      padded.set(filled.subarray(0, length - measured), size);
      builder.appendBytes(padded, 0, padded.length);
    } else {
      builder.appendBytes(bytes, from, size);
    }
  }
  return { column: builder.finish(), changed };
}

/** How many there are, counted by the bytes that begin one. */
function codePoints(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if ((bytes[at]! & 0xc0) !== 0x80) count++;
  return count;
}

/** The place behind so many code points. */
function placeBehind(bytes: Uint8Array, from: number, to: number, count: number): number {
  let left = count;
  for (let at = from; at < to; at++) if ((bytes[at]! & 0xc0) !== 0x80 && left-- === 0) return at;
  return to;
}
