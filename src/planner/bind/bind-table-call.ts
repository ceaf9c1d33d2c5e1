import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { TableFunction, UnnestTable } from '../../parser/ast/query.ts';
import { typeName } from '../../types/sql-type.ts';
import type { TableCall } from '../logical/plan.ts';
import type { ExpressionBinder } from './bind-expression.ts';
import { bindArgument, functionName } from './bind-function.ts';
import { unsupported } from './binder.ts';
import { coerceArgument } from './coerce.ts';
import { callSite, unknownFunction, wrongArguments } from './resolve-scalar.ts';

interface BoundTableCall {
  readonly call: TableCall;
  readonly args: readonly Expr[];
}

/** @throws PlanError PLAN_UNKNOWN_FUNCTION, PLAN_ARGUMENTS, PLAN_TYPE */
export function bindTableCall(table: TableFunction | UnnestTable, binder: ExpressionBinder): BoundTableCall {
  if (table.kind === 'unnest') return bindUnnest(table, binder);
  const { call } = table;
  const name = functionName(call);
  const { context } = binder;
  const fn = context.functions.table(name);
  const nameSpan = call.name.at(-1)?.span ?? call.span;
  if (fn === undefined) throw noTableFunction(name, nameSpan, binder);
  if (call.distinct || call.filter !== undefined || call.over !== undefined || call.withinGroup.length > 0) {
    throw new PlanError('PLAN_ARGUMENTS', `table function "${fn.name}" is no aggregate`, {
      span: call.span,
      hint: 'DISTINCT, FILTER, OVER and WITHIN GROUP belong to aggregate functions.',
    });
  }
  const args = call.args.map((arg) => bindArgument(arg, binder));
  const binding = fn.resolve(callSite(args, context));
  if (binding === undefined) throw wrongArguments(fn, args, call.span);
  const converted = args.map((arg, i) => coerceArgument(arg, binding.args[i] ?? arg.type, context));
  return { call: { name: fn.name, binding }, args: converted };
}

function bindUnnest(table: UnnestTable, binder: ExpressionBinder): BoundTableCall {
  const name = table.withOrdinality ? 'UNNEST WITH ORDINALITY' : 'UNNEST';
  const fn = binder.context.functions.table(name);
  const args = table.operands.map((operand) => {
    const arg = binder.bind(operand);
    if (fn?.resolve(callSite([arg], binder.context)) !== undefined) return arg;
    throw new PlanError('PLAN_ARGUMENTS', `UNNEST takes an ARRAY, MAP or MULTISET, not ${typeName(arg.type)}`, {
      span: operand.span,
    });
  });
  const binding = fn?.resolve(callSite(args, binder.context));
  if (binding === undefined) throw unsupported('this UNNEST', table.span);
  return { call: { name, binding }, args };
}

function noTableFunction(name: string, span: Span, { context }: ExpressionBinder): PlanError {
  const { functions } = context;
  const kind = functions.scalar(name) !== undefined ? 'scalar' : functions.aggregate(name) && 'aggregate';
  if (kind === undefined) return unknownFunction(name, span, context);
  return new PlanError('PLAN_ARGUMENTS', `function "${name.toUpperCase()}" is no table function`, {
    span,
    hint: `It is ${kind === 'scalar' ? 'a scalar' : 'an aggregate'} function: call it in SELECT.`,
  });
}
