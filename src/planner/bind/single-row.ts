import type { Expr } from '../../contracts/expression.ts';
import { SluiceError, PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { BIGINT, BOOLEAN } from '../../types/sql-type.ts';
import { columnsOf, project, uniqueNames } from '../logical/build.ts';
import type { LogicalNode } from '../logical/plan.ts';
import type { AggregateCall } from '../physical/plan.ts';
import { uniqueKey } from '../physical/changelog.ts';
import type { BindContext } from './bind-context.ts';
import type { Domain } from './domain.ts';
import type { FreedQuery } from './freed-query.ts';
import { readsOuter } from './outer-columns.ts';
import { comparedWithOuter, NotFree, replacePart } from './outer-comparison.ts';
import { callSite } from './resolve-scalar.ts';

interface SingleRow {
  readonly plan: LogicalNode;
  readonly conditions: readonly Expr[];
  readonly value: Expr;
  readonly domain: Domain | undefined;
}

/**
 * A sub-query in place of a value that may have several rows for a row of the query around: they are counted, and more
 * than one fails when the job runs. What is known to be unique is taken as it is.
 * @throws NotFree where it can only be told over its domain
 */
export function singleRow(freed: FreedQuery, context: BindContext, span: Span): SingleRow {
  const value = freed.columns[0]!;
  const { domain } = freed;
  if (freed.perRow !== undefined) throw new NotFree();
  const pairs = freed.conditions.map(comparedWithOuter);
  const key = uniqueKey(freed.plan);
  const isKey = (column: number): boolean => pairs.some(({ own }) => own.kind === 'column' && own.index === column);
  if (key?.every(isKey) === true) return { plan: freed.plan, conditions: freed.conditions, value, domain };
  if (readsOuter(value)) throw new NotFree();
  const owns = pairs.map((one) => one.own);
  const input = project(freed.plan, [...owns, value], uniqueNames([...owns.map((_, i) => `key$${i}`), 'value$']), span);
  const keys = owns.map((_, i) => i);
  const calls = [aggregateCall('COUNT', [], context), valueCall(owns.length, value, context)];
  const fields = [
    ...keys.map((column) => ({ ...input.schema.fields[column]!, time: undefined })),
    { name: 'rows$', type: BIGINT, nullable: false },
    { name: 'value$', type: value.type, nullable: true },
  ];
  const plan: LogicalNode = { kind: 'aggregate', input, keys, calls, schema: { fields }, span };
  const all = columnsOf(plan);
  const conditions = pairs.map(({ condition, own }, i) => replacePart(condition, own, all[i]!));
  const one: Expr = {
    kind: 'call',
    name: 'SINGLE_ROW',
    args: [all[keys.length]!],
    impl: checkSingle,
    type: BOOLEAN,
    span,
  };
  return {
    plan,
    conditions,
    domain,
    value: {
      kind: 'case',
      whens: [{ when: one, then: all[keys.length + 1]! }],
      otherwise: { kind: 'literal', value: null, type: value.type },
      type: value.type,
      span,
    },
  };
}

const checkSingle = {
  nulls: 'propagate',
  mayReturnNull: false,
  deterministic: true,
  kernel: (rows: bigint) => {
    if (rows > 1n) throw new SluiceError('VALUE_INVALID', `a query in place of a value gives ${rows} rows`);
    return true;
  },
} as const;

export function aggregateCall(
  name: string,
  args: readonly number[],
  context: BindContext,
  types: readonly Expr[] = [],
): AggregateCall {
  const binding = context.functions.aggregate(name)?.resolve(callSite(types, context));
  if (binding === undefined)
    throw new PlanError('PLAN_UNSUPPORTED', `${name} does not take a value of a sub-query`, {});
  return { name, binding, args, distinct: false, filter: undefined, type: binding.returns };
}

/** The value of the only row: whichever aggregate gives it back as it is. */
function valueCall(column: number, value: Expr, context: BindContext): AggregateCall {
  const fits = context.functions.aggregate('MAX')?.resolve(callSite([value], context)) !== undefined;
  return aggregateCall(fits ? 'MAX' : 'FIRST_VALUE', [column], context, [value]);
}
