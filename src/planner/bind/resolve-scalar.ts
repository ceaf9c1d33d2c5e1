import type { Expr } from '../../contracts/expression.ts';
import type { AnyFunction, CallSite } from '../../contracts/function.ts';
import { fold } from '../../expr/fold.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { suggest } from '../../errors/suggest.ts';
import { isConstant } from '../expr-tree.ts';
import { typeName } from '../../types/sql-type.ts';
import type { BindContext } from './bind-context.ts';
import { coerceArgument } from './coerce.ts';
import { windowWords } from './window-call.ts';

/** Argument types and constants as a function's `resolve` sees them. */
export function callSite(args: readonly Expr[], context: BindContext): CallSite {
  const folded = args.map((arg) => (isConstant(arg) ? fold(arg) : arg));
  return {
    types: args.map((arg) => arg.type),
    literals: folded.map((arg) => (arg.kind === 'literal' ? arg.value : undefined)),
    calls: args.map((arg) => (arg.kind === 'call' ? arg.name : undefined)),
    context: context.call,
  };
}

/**
 * A call of a scalar function with its arguments converted.
 * @throws PlanError PLAN_UNKNOWN_FUNCTION, PLAN_ARGUMENTS, PLAN_TYPE
 */
export function resolveScalar(
  name: string,
  args: readonly Expr[],
  place: { readonly context: BindContext; readonly span: Span; readonly nameSpan?: Span },
): Expr {
  const { context, span } = place;
  const fn = context.functions.scalar(name);
  if (fn === undefined) throw unknownFunction(name, place.nameSpan ?? span, context);
  const binding = fn.resolve(callSite(args, context));
  if (binding === undefined) throw wrongArguments(fn, args, span);
  const converted = args.map((arg, i) => coerceArgument(arg, binding.args[i] ?? arg.type, context));
  return { kind: 'call', name: fn.name, args: converted, impl: binding.impl, type: binding.returns, span };
}

export function unknownFunction(name: string, span: Span, context: BindContext): PlanError {
  const close = suggest(name.toUpperCase(), [...context.functions.names(), ...windowWords]);
  return new PlanError('PLAN_UNKNOWN_FUNCTION', `function "${name}" does not exist`, {
    span,
    hint: close === undefined ? 'Run: SHOW FUNCTIONS.' : `Did you mean "${close}"?  Run: SHOW FUNCTIONS.`,
  });
}

export function wrongArguments(fn: AnyFunction, args: readonly Expr[], span: Span): PlanError {
  const found = args.map((arg) => typeName(arg.type)).join(', ');
  const what = fn.category === 'operator' ? 'operator' : fn.kind === 'scalar' ? 'function' : `${fn.kind} function`;
  const message =
    args.length === 0 ? `${what} "${fn.name}" takes arguments` : `${what} "${fn.name}" does not take (${found})`;
  return new PlanError('PLAN_ARGUMENTS', message, {
    span,
    hint: fn.syntax.length === 0 ? undefined : `It is called as ${fn.syntax.join(' or ')}.`,
  });
}
