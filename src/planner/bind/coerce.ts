import type { Expr, LiteralExpr } from '../../contracts/expression.ts';
import type { CastMode } from '../../contracts/function.ts';
import { literalText, textLiteral } from '../../contracts/literal.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { isBinary, isString, sameType, typeName, type SqlType } from '../../types/sql-type.ts';
import type { BindContext } from './bind-context.ts';

/** `expr` as `to`; undefined when no conversion of this mode exists. */
export function convert(
  expr: Expr,
  to: SqlType,
  options: { readonly mode: CastMode; readonly context: BindContext; readonly span?: Span | undefined },
): Expr | undefined {
  const { mode, context } = options;
  const span = options.span ?? expr.span;
  // Intervals of one kind are the same type under several names.
  if (sameType(expr.type, to))
    return typeName(expr.type) === typeName(to) || mode === 'implicit' ? expr : { ...expr, type: to };
  if (expr.kind === 'literal' && expr.value === null) return { ...expr, type: to };
  if (expr.type.kind === 'null') return { kind: 'literal', value: null, type: to, span };
  // Flink cuts at the declared length where a cast is written.
  const cuts = mode !== 'implicit' && context.call.compatibility === 'flink' && mayCut(expr.type, to);
  if (isSameForm(expr.type, to) && !cuts) return expr.kind === 'column' ? call(expr) : { ...expr, type: to };
  return call(expr);

  function call(arg: Expr): Expr | undefined {
    const impl = context.functions.cast(arg.type, to, mode, context.call);
    if (impl === undefined) return undefined;
    return { kind: 'call', name: mode === 'try' ? 'TRY_CAST' : 'CAST', args: [arg], impl, type: to, span };
  }
}

/** A conversion that changes the name of the type and no value: CHAR to VARCHAR of any length. */
function isSameForm(from: SqlType, to: SqlType): boolean {
  return (isString(from) && to.kind === 'varchar') || (isBinary(from) && to.kind === 'varbinary');
}

function mayCut(from: SqlType, to: SqlType): boolean {
  if (!('length' in to) || to.length === undefined) return false;
  return !('length' in from) || from.length === undefined || from.length > to.length;
}

/**
 * An argument as a function wants it. Texts and binaries pass as they are: their lengths mean nothing to a kernel.
 * @throws PlanError PLAN_TYPE
 */
export function coerceArgument(expr: Expr, to: SqlType, context: BindContext): Expr {
  if (isSameForm(expr.type, to) && expr.type.kind !== 'null') return expr;
  return coerce(expr, to, context);
}

/** @throws PlanError PLAN_TYPE at the expression */
export function coerce(expr: Expr, to: SqlType, context: BindContext): Expr {
  const done = convert(expr, to, { mode: 'implicit', context });
  if (done !== undefined) return done;
  throw new PlanError('PLAN_TYPE', `${typeName(expr.type)} does not become ${typeName(to)} by itself`, {
    span: expr.span,
    hint: `Write CAST(… AS ${typeName(to)}).`,
  });
}

/** A condition must be BOOLEAN. @throws PlanError PLAN_TYPE */
export function condition(expr: Expr, place: string): Expr {
  if (expr.type.kind === 'boolean') return expr;
  if (expr.type.kind === 'null') return { kind: 'literal', value: null, type: { kind: 'boolean' }, span: expr.span };
  throw new PlanError('PLAN_TYPE', `${place} takes a BOOLEAN, not ${typeName(expr.type)}`, { span: expr.span });
}

/** A text constant filled up with blanks to `length` characters (Blink: CASE over literals of different length). */
export function padLiteral(literal: LiteralExpr, length: number, type: SqlType): LiteralExpr {
  const text = literalText(literal);
  if (text === undefined) return { ...literal, type };
  const missing = length - [...text].length;
  return textLiteral(text + ' '.repeat(Math.max(0, missing)), type, literal.span);
}
