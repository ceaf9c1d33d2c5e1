import type { Expr } from '../../../src/contracts/expression.ts';
import { createFunctionRegistry } from '../../../src/functions/registry.ts';
import type {
  Changelog,
  JoinCondition,
  JoinKey,
  PhysicalNode,
  RegularJoinExec,
  SetOperationExec,
} from '../../../src/planner/physical/plan.ts';
import type { Schema } from '../../../src/types/schema.ts';
import { BOOLEAN, type SqlType } from '../../../src/types/sql-type.ts';
import { union } from './plans.ts';

/** A node that stands for an input. */
export function inputOf(schema: Schema, changelog: Changelog): PhysicalNode {
  return { ...union({ kind: 'values', id: 'none', schema, changelog: 'insert-only', rows: [] }), schema, changelog };
}

export function regularJoin(parts: {
  readonly joinType: RegularJoinExec['joinType'];
  readonly left: PhysicalNode;
  readonly right: PhysicalNode;
  readonly keys: readonly JoinKey[];
  readonly condition?: JoinCondition | undefined;
  readonly stateTtlMs?: number;
  readonly forever?: 'left' | 'right';
}): RegularJoinExec {
  const { joinType, left, right } = parts;
  const width = left.schema.fields.length;
  const nullable = (schema: Schema): Schema['fields'] => schema.fields.map((one) => ({ ...one, nullable: true }));
  const fields =
    joinType === 'semi' || joinType === 'anti'
      ? left.schema.fields
      : joinType === 'mark'
        ? [...left.schema.fields, { name: 'mark', type: BOOLEAN, nullable: false }]
        : [...nullable(left.schema), ...nullable(right.schema)];
  return {
    kind: 'regular-join',
    id: 'join',
    stateTtlMs: undefined,
    condition: undefined,
    ...parts,
    outputs: fields.map((_, i) => (joinType === 'mark' && i === width ? width : i)),
    schema: { fields },
    changelog: 'retract',
  };
}

export function setOperation(
  operator: SetOperationExec['operator'],
  all: boolean,
  [left, right]: readonly [PhysicalNode, PhysicalNode],
): SetOperationExec {
  const { schema } = left;
  return {
    kind: 'set-operation',
    id: 'set',
    operator,
    all,
    left,
    right,
    stateTtlMs: undefined,
    schema,
    changelog: 'retract',
  };
}

/** `left < right` over two columns of one type, of both inputs side by side. */
export function lessThan(left: number, right: number, type: SqlType): JoinCondition {
  const context = { compatibility: 'blink', timeZone: 'UTC', now: () => 0, regexpBacktracking: false } as const;
  const site = { types: [type, type], literals: [undefined, undefined], context };
  const binding = createFunctionRegistry().scalar('<')?.resolve(site);
  if (binding === undefined) throw new Error('no comparison');
  const args = [0, 1].map((index): Expr => ({ kind: 'column', index, name: `c${index}`, type }));
  return { columns: [left, right], expr: { kind: 'call', name: '<', args, impl: binding.impl, type: BOOLEAN } };
}
