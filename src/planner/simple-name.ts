import { PlanError } from '../errors/sluice-error.ts';
import type { Span } from '../errors/span.ts';
import type { Identifier } from '../parser/ast/expression.ts';

/** Catalogs and databases do not exist here: a name has one part. @throws PlanError PLAN_UNKNOWN_TABLE */
export function simpleName(name: readonly Identifier[], span: Span): string {
  const last = name.at(-1);
  if (last === undefined || name.length > 1) {
    throw new PlanError('PLAN_UNKNOWN_TABLE', `name "${name.map((one) => one.name).join('.')}" has several parts`, {
      span,
      hint: 'Tables and views have names of one part; a dot inside a name needs backticks.',
    });
  }
  return last.name;
}
