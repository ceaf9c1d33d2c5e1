import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { Expression } from '../../parser/ast/expression.ts';
import type { BindContext } from './bind-context.ts';

/** Binds expressions of one place: names to columns, functions resolved, coercions written out as CAST. */
export interface Binder {
  readonly context: BindContext;
  /** @throws PlanError, TypeMismatchError at the place of the mistake */
  bind(node: Expression): Expr;
  /** A call of the catalog by its canonical name. */
  call(name: string, args: readonly Expr[], span: Span): Expr;
  /** Both sides in their common type, then `=`, `<` …. */
  compare(operator: string, left: Expr, right: Expr, span: Span): Expr;
  /** Values that stand for one another, in one type. */
  unify(exprs: readonly Expr[], what: string, span: Span): readonly Expr[];
}

export function unsupported(what: string, span: Span | undefined, hint?: string): PlanError {
  return new PlanError('PLAN_UNSUPPORTED', `${what} is not supported yet`, { span, hint });
}

/** A sub-query where it could never mean anything, or where nothing could be joined with it. */
export function senseless(where: string, span: Span | undefined): PlanError {
  return new PlanError('PLAN_UNSUPPORTED', `${where} takes no sub-query`, {
    span,
    hint: 'Compute it in a query in FROM and take its column here.',
  });
}
