import type { Expr } from '../../contracts/expression.ts';
import type { Span } from '../../errors/span.ts';
import type { CatalogTable } from '../catalog-table.ts';
import { conjunction, conjunctsOf } from '../expr-tree.ts';
import type { LookupCache } from '../physical/time-joins.ts';
import { mayBeNull } from './build.ts';
import type { LogicalBase, LogicalField, LogicalNode } from './plan.ts';

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
}

/** `FOR SYSTEM_TIME AS OF` with a changelog: each left row with the version of the right side valid at its time. */
export interface TemporalJoinNode extends LogicalBase {
  readonly kind: 'temporal-join';
  readonly joinType: 'inner' | 'left';
  readonly left: LogicalNode;
  readonly right: LogicalNode;
  /** Undefined: by processing time. */
  readonly times: { readonly left: number; readonly right: number } | undefined;
  readonly condition: Expr | undefined;
  /** The name of the right side, for messages. */
  readonly name: string;
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
