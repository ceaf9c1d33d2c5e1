import type { CallExpr, CaseExpr, Expr } from '../contracts/expression.ts';
import { BOOLEAN } from '../types/sql-type.ts';
import { exprKey } from './expr-key.ts';

/** A call whose arguments are evaluated only as needed as the CASE it stands for; undefined for other calls. */
export function lazyCase(expr: CallExpr): CaseExpr | undefined {
  const { type, args } = expr;
  if (expr.impl.lazy === 'if') {
    return { kind: 'case', type, whens: [{ when: args[0]!, then: args[1]! }], otherwise: args[2]! };
  }
  if (expr.impl.lazy !== 'coalesce') return undefined;
  const candidates = args.slice(0, -1);
  // The CASE names each argument twice; what may not be shared (RAND) would be drawn twice.
  if (candidates.some((arg) => exprKey(arg) === undefined)) return undefined;
  return {
    kind: 'case',
    type,
    whens: candidates.map((arg) => ({ when: present(arg), then: arg })),
    otherwise: args[args.length - 1]!,
  };
}

function present(arg: Expr): Expr {
  return { kind: 'is-not-null', type: BOOLEAN, arg };
}
