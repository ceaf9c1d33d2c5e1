import { PlanError } from '../errors/sluice-error.ts';
import type { SourceText } from '../errors/span.ts';
import type { QueryStatement, Statement } from '../parser/ast/statements.ts';

/** The one SELECT that a text holds. @throws PlanError PLAN_UNSUPPORTED when it holds anything else */
export function oneQuery(statements: readonly Statement[], source: SourceText): QueryStatement {
  const last = statements.at(-1);
  if (last === undefined || last.kind !== 'query') {
    throw new PlanError('PLAN_UNSUPPORTED', 'this is not a query', {
      source,
      span: last?.span,
      hint: 'engine.query takes one SELECT; use engine.execute for other statements.',
    });
  }
  for (const statement of statements.slice(0, -1)) {
    throw new PlanError('PLAN_UNSUPPORTED', 'a query is one statement', {
      source,
      span: statement.span,
      hint: 'Run DDL and SET first, with engine.execute or --file.',
    });
  }
  return last;
}
