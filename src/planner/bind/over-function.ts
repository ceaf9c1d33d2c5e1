import type { Expr } from '../../contracts/expression.ts';
import { fold } from '../../expr/fold.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { FunctionCall } from '../../parser/ast/expression.ts';
import { bindArgument } from './bind-function.ts';
import type { Binder } from './binder.ts';

export function checkRanking(call: FunctionCall, name: string): void {
  if (call.args.length === 0 && !call.distinct && call.filter === undefined) return;
  throw new PlanError('PLAN_ARGUMENTS', `function "${name}" takes no arguments`, {
    span: call.span,
    hint: `Write ${name}() OVER (PARTITION BY … ORDER BY …).`,
  });
}

export interface BoundShift {
  readonly value: Expr;
  readonly offset: number;
  readonly fallback: Expr | undefined;
}

/** `LAG(x [, rows [, default]])`. @throws PlanError PLAN_ARGUMENTS, PLAN_TYPE */
export function bindShift(call: FunctionCall, name: 'LAG' | 'LEAD', binder: Binder): BoundShift {
  const wrong = (message: string): PlanError =>
    new PlanError('PLAN_ARGUMENTS', message, {
      span: call.span,
      hint: `It is called as ${name}(x [, rows [, default]]) OVER (…), rows a constant.`,
    });
  if (call.args.length < 1 || call.args.length > 3 || call.distinct || call.filter !== undefined) {
    throw wrong(`function "${name}" takes one to three arguments`);
  }
  const [value, rows, fallback] = call.args.map((arg) => bindArgument(arg, binder)) as [Expr, Expr?, Expr?];
  const folded = rows === undefined ? undefined : fold(rows);
  const offset = folded === undefined ? 1 : folded.kind === 'literal' ? Number(folded.value ?? Number.NaN) : Number.NaN;
  if (!Number.isSafeInteger(offset) || offset < 0) throw wrong(`the rows of "${name}" are no constant whole number`);
  if (fallback === undefined) return { value, offset, fallback };
  const unified = binder.unify([value, fallback], `the arguments of ${name}`, call.span);
  return { value: unified[0]!, offset, fallback: unified[1]! };
}
