import type { Expr } from '../../contracts/expression.ts';
import type { Expression } from '../../parser/ast/expression.ts';
import { BOOLEAN } from '../../types/sql-type.ts';
import { collectColumns, conjunction } from '../expr-tree.ts';
import { filter } from '../logical/build.ts';
import type { LogicalNode } from '../logical/plan.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import { condition } from './coerce.ts';
import type { QueryBinder } from './query-tail.ts';
import type { Scope } from './scope.ts';
import { isPlaceholder } from './pending-joins.ts';
import { SubQueries, type QueryTest } from './sub-queries.ts';

/** WHERE: a filter, and a semi or anti join for each sub-query that all rows must pass. */
export function bindWhere(
  where: Expression,
  input: LogicalNode,
  scope: Scope,
  { context, bindQuery }: { readonly context: BindContext; readonly bindQuery: QueryBinder },
): LogicalNode {
  const queries = new SubQueries(scope, input.schema.fields, { context, bindQuery });
  const binder = new ExpressionBinder(scope, context, undefined, queries);
  if (!hasQuery(where)) return filter(input, condition(binder.bind(where), 'WHERE'), where.span);
  const plain: Expr[] = [];
  const onResults: Expr[] = [];
  for (const { node, negated } of conjuncts(where, false)) {
    if (isTest(node)) {
      const left = queries.require(node, !negated, binder);
      if (left !== undefined) onResults.push(left);
      continue;
    }
    const bound = condition(binder.bind(node), 'WHERE');
    const expr: Expr = negated ? { kind: 'not', arg: bound, type: BOOLEAN, span: node.span } : bound;
    const list = [...collectColumns(expr, new Set())].some((index) => isPlaceholder(index)) ? onResults : plain;
    list.push(expr);
  }
  const first = conjunction(plain);
  const { plan, resolve } = queries.joins.attach(first === undefined ? input : filter(input, first, where.span));
  const last = conjunction(onResults.map(resolve));
  return last === undefined ? plan : filter(plan, last, where.span);
}

function isTest(node: Expression): node is QueryTest {
  return node.kind === 'exists' || node.kind === 'in-query' || node.kind === 'quantified';
}

/** The conditions that must all hold; NOT is moved inwards. */
function conjuncts(
  node: Expression,
  negated: boolean,
): readonly { readonly node: Expression; readonly negated: boolean }[] {
  if (node.kind === 'not') return conjuncts(node.operand, !negated);
  if (node.kind === 'chain' && node.operator === (negated ? 'OR' : 'AND')) {
    return node.operands.flatMap((one) => conjuncts(one, negated));
  }
  return [{ node, negated }];
}

/** Whether a sub-query stands anywhere in an expression. */
export function hasQuery(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasQuery);
  if (typeof node !== 'object' || node === null) return false;
  const { kind } = node as { readonly kind?: unknown };
  if (kind === 'subquery' || kind === 'exists' || kind === 'in-query' || kind === 'quantified') return true;
  return Object.values(node).some(hasQuery);
}
