import type { Expr } from '../../contracts/expression.ts';
import type { Span } from '../../errors/span.ts';
import { isNumeric, isString, type SqlType } from '../../types/sql-type.ts';
import type { CatalogTable } from '../catalog-table.ts';
import { collectColumns, conjunction, conjunctsOf, isDeterministic } from '../expr-tree.ts';
import type { LookupCache } from '../physical/time-joins.ts';
import { mayBeNull } from './build.ts';
import type { LogicalBase, LogicalField, LogicalNode } from './plan.ts';

/** A value in the type of a key; NULL where it has none there. */
export type KeyConversion = (value: Expr, type: SqlType) => Expr | undefined;

/** `FOR SYSTEM_TIME AS OF` without another input: the rows of `table` are fetched by key for each row of the input. */
export interface LookupJoinNode extends LogicalBase {
  readonly kind: 'lookup-join';
  readonly joinType: 'inner' | 'left';
  readonly input: LogicalNode;
  readonly table: CatalogTable;
  readonly names: readonly string[];
  /** Columns of the right side, over `table.descriptor.columns`. */
  readonly outputs: readonly Expr[];
  /** Over the input's columns, then `outputs`. */
  readonly condition: Expr | undefined;
  readonly cache: LookupCache;
  /** Whether any column is a key (Flink); else only those of a PRIMARY KEY or INDEX, all of them. */
  readonly anyKey: boolean;
  readonly toKey: KeyConversion;
}

/** `FOR SYSTEM_TIME AS OF` with a changelog: each left row with the version of the right side valid at its time. */
export interface TemporalJoinNode extends LogicalBase {
  readonly kind: 'temporal-join';
  readonly joinType: 'inner' | 'left';
  readonly left: LogicalNode;
  readonly right: LogicalNode;
  /** Undefined: by processing time. */
  readonly times: { readonly left: number; readonly right: number } | undefined;
  /** Columns of the right side whose rows are versions of one another; undefined: its unique key. */
  readonly versionKey?: readonly number[] | undefined;
  readonly condition: Expr | undefined;
  /** The name of the right side, for messages. */
  readonly name: string;
  readonly toKey: KeyConversion;
}

type Given<N extends LogicalNode> = Omit<N, 'kind' | 'schema' | 'span'> & { readonly span?: Span | undefined };

export function lookupJoin(given: Given<LookupJoinNode>): LookupJoinNode {
  const { input, joinType, outputs, names, table } = given;
  const columns = table.descriptor.columns.map((one) => ({ ...one }));
  const fields = outputs.map((expr, i): LogicalField => ({
    name: names[i]!,
    type: expr.type,
    nullable: joinType === 'left' || mayBeNull(expr, columns),
  }));
  return { kind: 'lookup-join', ...given, schema: { fields: [...input.schema.fields, ...fields] } };
}

export function temporalJoin(given: Given<TemporalJoinNode>): TemporalJoinNode {
  const { left, right, joinType } = given;
  const fields = right.schema.fields.map(({ name, type, nullable }): LogicalField => ({
    name,
    type,
    nullable: nullable || joinType === 'left',
  }));
  return { kind: 'temporal-join', ...given, schema: { fields: [...left.schema.fields, ...fields] } };
}

/** The join with more to fulfil. */
export function withCondition<N extends LookupJoinNode | TemporalJoinNode>(node: N, more: readonly Expr[]): N {
  const before = node.condition === undefined ? [] : conjunctsOf(node.condition);
  return more.length === 0 ? node : { ...node, condition: conjunction([...before, ...more]) };
}

/** What stands on the left of the join. */
export function leftOf(node: LookupJoinNode | TemporalJoinNode): LogicalNode {
  return node.kind === 'lookup-join' ? node.input : node.left;
}

/** A comparison of a column of the right side with a value of the left. */
export interface KeyEquality {
  /** Of the right side. */
  readonly column: number;
  /** Over the left side, in the type of the column. */
  readonly value: Expr;
  /** It finds all rows that the comparison may take, but not only those. */
  readonly inexact: boolean;
}

/**
 * `d.id = s.id`. Two number types are compared in the wider one, and rows are not found by a converted key: the value in
 * the type of the key finds the same row where there is one, and the comparison itself drops what the conversion made
 * equal. A column that the query converts itself is no key.
 */
export function keyEquality(conjunct: Expr, node: LookupJoinNode | TemporalJoinNode): KeyEquality | undefined {
  if (conjunct.kind !== 'call' || conjunct.name !== '=') return undefined;
  const width = leftOf(node).schema.fields.length;
  const [a, b] = conjunct.args;
  for (const [value, key] of [
    [a, b],
    [b, a],
  ]) {
    if (value === undefined || key === undefined || !isDeterministic(value)) continue;
    if ([...collectColumns(value, new Set())].some((index) => index >= width)) continue;
    if (key.kind === 'column' && key.index >= width) return { column: key.index - width, value, inexact: false };
    const arg = convertedColumn(key);
    if (arg === undefined || arg.index < width) continue;
    // Texts of any declared length are the same bytes.
    if (isString(arg.type) && isString(key.type)) return { column: arg.index - width, value, inexact: false };
    if (!isNumeric(arg.type) || !isNumeric(key.type)) continue;
    const found = node.toKey(value, arg.type);
    if (found !== undefined) return { column: arg.index - width, value: found, inexact: true };
  }
  return undefined;
}

/** The column that the binder converted by itself: the conversion has the place of the column. */
export function convertedColumn(expr: Expr): Extract<Expr, { kind: 'column' }> | undefined {
  const [arg] = expr.kind === 'call' && expr.name === 'CAST' ? expr.args : [];
  return arg?.kind === 'column' && arg.span?.start === expr.span?.start ? arg : undefined;
}
