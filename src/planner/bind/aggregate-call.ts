import type { Expr } from '../../contracts/expression.ts';
import { printExpr } from '../../expr/print.ts';
import type { FunctionCall } from '../../parser/ast/expression.ts';
import { exprKey } from '../expr-tree.ts';
import type { AggregateCall } from '../physical/plan.ts';
import { bindArgument, functionName } from './bind-function.ts';
import { unsupported, type Binder } from './binder.ts';
import { coerceArgument, condition } from './coerce.ts';
import { callSite, wrongArguments } from './resolve-scalar.ts';

/** A call of an aggregate function whose arguments are still expressions. */
export interface BoundAggregate {
  readonly call: Omit<AggregateCall, 'args' | 'filter'>;
  readonly args: readonly Expr[];
  readonly filter: Expr | undefined;
  /** Equal calls have equal keys. */
  readonly key: string;
  /** As plans print it: `SUM(bytes)`. */
  readonly text: string;
}

/** @throws PlanError PLAN_ARGUMENTS, PLAN_TYPE, PLAN_UNSUPPORTED */
export function bindAggregate(call: FunctionCall, binder: Binder): BoundAggregate {
  const { context } = binder;
  const fn = context.functions.aggregate(functionName(call));
  if (fn === undefined) throw unsupported(functionName(call), call.span);
  if (call.withinGroup.length > 0) throw unsupported('WITHIN GROUP', call.span);
  const star = call.args.length === 1 && call.args[0]?.kind === 'star';
  const plain = star && fn.name === 'COUNT' ? [] : call.args;
  const args = plain.map((arg) => bindArgument(arg, binder));
  const binding = fn.resolve(callSite(args, context));
  if (binding === undefined || (args.length === 0 && !star)) throw wrongArguments(fn, args, call.span);
  const converted = args.map((arg, i) => coerceArgument(arg, binding.args[i] ?? arg.type, context));
  const filter = call.filter === undefined ? undefined : condition(binder.bind(call.filter), 'FILTER');
  const distinct = call.distinct || binding.distinct === true;
  const key = [
    fn.name,
    distinct ? 'distinct' : '',
    ...converted.map(exprKey),
    filter === undefined ? '' : `where ${exprKey(filter)}`,
  ].join(' ');
  const inner = star ? '*' : `${call.distinct ? 'DISTINCT ' : ''}${args.map(printExpr).join(', ')}`;
  const text = `${fn.name}(${inner})${filter === undefined ? '' : ` FILTER (WHERE ${printExpr(filter)})`}`;
  return { call: { name: fn.name, binding, distinct, type: binding.returns }, args: converted, filter, key, text };
}
