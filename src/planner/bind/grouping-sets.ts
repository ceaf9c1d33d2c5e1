import type { ColumnExpr, Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { Expression, FunctionCall } from '../../parser/ast/expression.ts';
import type { GroupingSets as GroupingSetsNode } from '../../parser/ast/query.ts';
import { BIGINT, BOOLEAN, INT } from '../../types/sql-type.ts';
import { EXPAND_ID, type ExpandNode, type LogicalNode } from '../logical/plan.ts';
import { functionName } from './bind-function.ts';

/** Every row is grouped once for each set, so that CUBE over many columns would multiply the work without end. */
const MAX_SETS = 1024;

/** GROUPING(a), GROUPING_ID(a, b) and GROUP_ID() of the select list, as they are computed from the set of a row. */
export interface GroupingCall {
  readonly kind: 'id' | 'group-id';
  /** Places in the list of keys. */
  readonly keys: readonly number[];
  readonly call: FunctionCall;
}

/**
 * The sets of keys of one GROUP BY: the product of its items, each of them one key or GROUPING SETS, CUBE, ROLLUP. A
 * set is a list of places in the list of keys.
 */
export class GroupingSets {
  #sets: (readonly number[])[] = [[]];
  #grouped = false;

  /** Whether GROUPING SETS, CUBE or ROLLUP was written; then a row says which set it is of. */
  get several(): boolean {
    return this.#grouped;
  }

  addKey(key: number): void {
    this.#multiply([[key]], undefined);
  }

  /** @param keyOf the place of a key, made where it is new */
  addSets(item: GroupingSetsNode, keyOf: (key: Expression) => number): void {
    this.#grouped = true;
    this.#multiply(setsOf(item, keyOf), item.span);
  }

  /** A copy of every row for every set, and in which of them a key is left out. Keys are the first columns of `input`. */
  expand(input: LogicalNode, keyCount: number, span: Span): ExpandNode {
    const nulled = this.#sets.map((set) => range(keyCount).filter((key) => !set.includes(key)));
    const fields = input.schema.fields.map((field, i) =>
      nulled.some((keys) => keys.includes(i)) ? { ...field, nullable: true, time: undefined } : field,
    );
    const schema = { fields: [...fields, { name: EXPAND_ID, type: INT, nullable: false }] };
    return { kind: 'expand', input, nulled, schema, span };
  }

  /** The value of a grouping function as an expression over the column that says which set a row is of. */
  value(call: GroupingCall, set: ColumnExpr): Expr {
    const values = this.#sets.map((_, i) => (call.kind === 'id' ? this.#mask(call.keys, i) : this.#repetition(i)));
    const groups = new Map<number, number[]>();
    values.forEach((value, i) => groups.set(value, [...(groups.get(value) ?? []), i]));
    const [first = [0, []], ...others] = [...groups];
    return {
      kind: 'case',
      type: BIGINT,
      whens: others.map(([value, sets]) => ({ when: oneOf(set, sets), then: big(value) })),
      otherwise: big(first[0]),
      span: call.call.span,
    };
  }

  /** Bit by bit, the first key the highest: 1 where the key is left out. */
  #mask(keys: readonly number[], set: number): number {
    return keys.reduce((mask, key) => mask * 2 + (this.#sets[set]!.includes(key) ? 0 : 1), 0);
  }

  /** How many equal sets stand before this one. */
  #repetition(set: number): number {
    const text = (one: readonly number[]): string => [...one].sort((a, b) => a - b).join();
    return this.#sets.slice(0, set).filter((one) => text(one) === text(this.#sets[set]!)).length;
  }

  #multiply(by: readonly (readonly number[])[] | undefined, span: Span | undefined): void {
    if (by === undefined || by.length * this.#sets.length > MAX_SETS) {
      throw new PlanError('PLAN_GROUPING', `GROUP BY has more than ${MAX_SETS} grouping sets`, {
        span,
        hint: 'List the sets that are needed with GROUPING SETS.',
      });
    }
    this.#sets = this.#sets.flatMap((one) => by.map((other) => [...new Set([...one, ...other])]));
  }
}

/** `keyOf` says −1 for what is no key. @returns undefined when the call is no grouping function */
export function groupingCall(call: FunctionCall, keyOf: (arg: Expression) => number): GroupingCall | undefined {
  const name = functionName(call).toUpperCase();
  if (name !== 'GROUPING' && name !== 'GROUPING_ID' && name !== 'GROUP_ID') return undefined;
  const { args, span } = call;
  if (name === 'GROUP_ID') {
    if (args.length === 0) return { kind: 'group-id', keys: [], call };
    throw new PlanError('PLAN_ARGUMENTS', 'function "GROUP_ID" takes no argument', { span });
  }
  if (args.length === 0) throw new PlanError('PLAN_ARGUMENTS', `function "${name}" takes keys of GROUP BY`, { span });
  const keys = args.map((arg) => {
    const key = isExpression(arg) ? keyOf(arg) : -1;
    if (key >= 0) return key;
    throw new PlanError('PLAN_GROUPING', `an argument of function "${name}" is no key of GROUP BY`, {
      span: arg.span,
      hint: 'Write the key as it stands in GROUP BY.',
    });
  });
  return { kind: 'id', keys, call };
}

/** Undefined: too many to be listed. */
function setsOf(
  item: GroupingSetsNode,
  keyOf: (key: Expression) => number,
): readonly (readonly number[])[] | undefined {
  const lists: (readonly number[])[] = [];
  for (const set of item.sets) {
    const inner = 'kind' in set ? setsOf(set, keyOf) : [set.map(keyOf)];
    if (inner === undefined || lists.length + inner.length > MAX_SETS) return undefined;
    lists.push(...inner);
  }
  if (item.form === 'sets') return lists;
  if (item.form === 'cube' && 2 ** lists.length > MAX_SETS) return undefined;
  if (item.form === 'rollup') return range(lists.length + 1).map((left) => lists.slice(0, lists.length - left).flat());
  // From all to none, as CUBE is written out: the first item is the highest bit.
  return range(2 ** lists.length).map((mask) =>
    lists.filter((_, i) => ((mask >> (lists.length - 1 - i)) & 1) === 0).flat(),
  );
}

function isExpression(arg: FunctionCall['args'][number]): arg is Expression {
  return !['star', 'symbol', 'type-argument', 'table-argument', 'descriptor', 'named-argument'].includes(arg.kind);
}

function oneOf(set: ColumnExpr, sets: readonly number[]): Expr {
  const values = sets.map((value) => ({ kind: 'literal', type: INT, value }) as const);
  return { kind: 'in', type: BOOLEAN, arg: set, values, hasNull: false };
}

function big(value: number): Expr {
  return { kind: 'literal', type: BIGINT, value: BigInt(value) };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
