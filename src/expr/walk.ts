import type { Expr } from '../contracts/expression.ts';

/** The direct parts of an expression. */
function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return [];
    case 'call':
    case 'and':
    case 'or':
      return expr.args;
    case 'case':
      return [...expr.whens.flatMap(({ when, then }) => [when, then]), expr.otherwise];
    case 'not':
    case 'is-null':
    case 'is-not-null':
    case 'in':
      return [expr.arg];
  }
}

/** Input columns the expressions read, ascending. */
export function referencedColumns(exprs: readonly Expr[]): number[] {
  const found = new Set<number>();
  const visit = (expr: Expr): void => {
    if (expr.kind === 'column') found.add(expr.index);
    childrenOf(expr).forEach(visit);
  };
  exprs.forEach(visit);
  return [...found].sort((a, b) => a - b);
}

/** Whether an expression or a part of it passes a test. */
export function someExpr(expr: Expr, test: (one: Expr) => boolean): boolean {
  return test(expr) || childrenOf(expr).some((one) => someExpr(one, test));
}

/** The same expression over other parts. */
export function mapChildren(expr: Expr, change: (part: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return expr;
    case 'call':
    case 'and':
    case 'or':
      return { ...expr, args: expr.args.map(change) };
    case 'case':
      return {
        ...expr,
        whens: expr.whens.map(({ when, then }) => ({ when: change(when), then: change(then) })),
        otherwise: change(expr.otherwise),
      };
    case 'not':
    case 'is-null':
    case 'is-not-null':
    case 'in':
      return { ...expr, arg: change(expr.arg) };
  }
}
