import type { Expr } from '../../contracts/expression.ts';
import { PlanError, SluiceError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { BIGINT, BOOLEAN } from '../../types/sql-type.ts';
import { collectColumns } from '../expr-tree.ts';
import { columnsOf, project, uniqueNames } from '../logical/build.ts';
import { equalSides } from '../logical/join.ts';
import type { LogicalNode } from '../logical/plan.ts';
import type { AggregateCall } from '../physical/plan.ts';
import { uniqueKey } from '../physical/changelog.ts';
import type { BindContext } from './bind-context.ts';
import type { FreedQuery } from './decorrelate.ts';
import { isOuter, readsOuter } from './outer-columns.ts';
import { callSite } from './resolve-scalar.ts';

interface SingleRow {
  readonly plan: LogicalNode;
  readonly conditions: readonly Expr[];
  readonly value: Expr;
}

/**
 * A sub-query in place of a value that may have several rows for a row of the query around: they are counted, and more
 * than one fails when the job runs. What is known to be unique is taken as it is.
 */
export function singleRow(freed: FreedQuery, context: BindContext, span: Span): SingleRow {
  const value = freed.columns[0]!;
  const pairs = freed.conditions.map((one) => ownSide(one, span));
  const key = uniqueKey(freed.plan);
  const isKey = (column: number): boolean => pairs.some(({ own }) => own.kind === 'column' && own.index === column);
  if (key?.every(isKey) === true) return { plan: freed.plan, conditions: freed.conditions, value };
  if (readsOuter(value)) {
    throw new PlanError('PLAN_UNSUPPORTED', 'a query in place of a value gives a value of the query around it', {
      span,
      hint: 'Give a column of the sub-query and compute with it outside.',
    });
  }
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
  const conditions = pairs.map(({ condition, own }, i) => ({
    ...condition,
    args: condition.args.map((one) => (one === own ? all[i]! : one)),
  }));
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

function ownSide(
  condition: Expr,
  span: Span,
): { readonly condition: Extract<Expr, { kind: 'call' }>; readonly own: Expr } {
  const args = equalSides(condition)?.args ?? [];
  const own = args.find((one) => !readsOuter(one));
  const outer = args.find(readsOuter);
  const pure = outer !== undefined && [...collectColumns(outer, new Set())].every(isOuter);
  if (condition.kind === 'call' && condition.name === '=' && own !== undefined && pure) return { condition, own };
  throw new PlanError(
    'PLAN_UNSUPPORTED',
    'a query in place of a value may compare with the query around it by = only',
    {
      span: condition.span ?? span,
      hint: 'Aggregate in the sub-query, or write a join.',
    },
  );
}

function aggregateCall(
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
