import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type {
  ExistsExpression,
  InQueryExpression,
  QuantifiedExpression,
  SubqueryExpression,
} from '../../parser/ast/expression.ts';
import { BOOLEAN } from '../../types/sql-type.ts';
import { conjunction, moveColumns } from '../expr-tree.ts';
import { mayBeNull, project } from '../logical/build.ts';
import type { JoinType, LogicalField, LogicalNode } from '../logical/plan.ts';
import type { BindContext } from './bind-context.ts';
import type { Binder } from './binder.ts';
import { decorrelate, freeQuery } from './decorrelate.ts';
import type { FreedQuery } from './freed-query.ts';
import { fromOuter, isOuter, mapFold, outerNames } from './outer-columns.ts';
import { PendingJoins, type JoinPlace, type PendingJoin } from './pending-joins.ts';
import { distinct, oneRow, type QueryBinder } from './query-tail.ts';
import type { Names } from './scope.ts';
import { aggregateCall, singleRow } from './single-row.ts';

/** A sub-query that is TRUE, FALSE or NULL. */
export type QueryTest = InQueryExpression | QuantifiedExpression | ExistsExpression;

/** The forms of a sub-query that stands in an expression. */
export type QueryExpression = QueryTest | SubqueryExpression;

/** What a test asks of each row of its sub-query. */
interface Asked {
  readonly freed: FreedQuery;
  /** Comparisons over the query and, by `inner`, the sub-query; none for EXISTS. */
  readonly tests: (inner: (expr: Expr) => Expr) => readonly Comparison[];
  /** TRUE when no row passes: ALL, NOT IN. */
  readonly inverted: boolean;
  /** IN, ANY, ALL; not EXISTS. */
  readonly isCompared: boolean;
}

interface Comparison {
  readonly expr: Expr;
  /** The sides that may be NULL. */
  readonly nulls: readonly Expr[];
}

/**
 * The sub-queries in the expressions of one place of a query (WHERE, or SELECT with HAVING and ORDER BY): each becomes
 * a join with what that place reads. While expressions are bound a placeholder stands for the result.
 */
export class SubQueries {
  readonly #names: Names;
  readonly #context: BindContext;
  readonly #bindQuery: QueryBinder;
  readonly #fields: readonly LogicalField[];
  readonly #joins: PendingJoins;
  readonly #bound = new Map<string, Expr>();

  /** @param fields the columns behind `names` */
  constructor(
    names: Names,
    fields: readonly LogicalField[],
    {
      context,
      bindQuery,
      place = 'above',
    }: { readonly context: BindContext; readonly bindQuery: QueryBinder; readonly place?: JoinPlace },
  ) {
    this.#names = names;
    this.#fields = fields;
    this.#context = context;
    this.#bindQuery = bindQuery;
    this.#joins = new PendingJoins(place);
  }

  get isEmpty(): boolean {
    return this.#joins.isEmpty;
  }

  /** The value of a sub-query anywhere in an expression. */
  bind(node: QueryExpression, binder: Binder): Expr {
    const { span } = node;
    const value = node.kind === 'subquery' ? this.#scalar(node) : this.#truthOf(this.#asked(node, binder), span);
    const result = this.#joins.result(value, span);
    this.#bound.set(textOf(node), result);
    return result;
  }

  /** The values of the sub-queries bound so far, for those in the same words. */
  known(): (node: QueryExpression) => Expr | undefined {
    const bound = new Map(this.#bound);
    return (node) => (bound.size === 0 ? undefined : bound.get(textOf(node)));
  }

  /**
   * A test that every row must pass: a semi join, or an anti join where it must fail.
   * @returns the condition that is left to test, if any
   */
  require(node: QueryTest, passes: boolean, binder: Binder): Expr | undefined {
    const asked = this.#asked(node, binder);
    const { span } = node;
    if (asked.freed.single && asked.isCompared) {
      const value = this.#joins.result(this.#truthOf(asked, span), span);
      return passes ? value : { kind: 'not', arg: value, type: BOOLEAN, span };
    }
    if (passes !== asked.inverted) {
      this.#test('semi', asked, { span, mode: 'true' });
      return undefined;
    }
    const [only, ...more] = asked.tests((expr) => expr);
    if (only === undefined || more.length > 0 || only.expr.kind !== 'call' || only.expr.name !== '=') {
      this.#test('anti', asked, { span, mode: 'not-false' });
      return undefined;
    }
    // NOT IN over values that may be NULL, taken apart so that the large part has a key.
    this.#test('anti', asked, { span, mode: 'true' });
    if (only.nulls.length > 0) this.#rejectNulls(asked, span);
    return undefined;
  }

  /** The joins of all sub-queries bound so far. */
  get joins(): Pick<PendingJoins, 'attach' | 'attachSides'> {
    return this.#joins;
  }

  #query(node: QueryExpression): LogicalNode {
    const { level } = this.#context;
    return this.#bindQuery(node.query, { ...this.#context, level: level + 1, outer: outerNames(this.#names) });
  }

  #asked(node: QueryTest, binder: Binder): Asked {
    const { span } = node;
    if (node.kind === 'exists') {
      const plan = this.#query({ ...node, query: { ...node.query, orderBy: [], ...unlimited(node.query) } });
      const freed = freeQuery(plan, (one) => one);
      // An aggregate without GROUP BY always has its row.
      return {
        freed: freed.single ? decorrelate(oneRow(span)) : freed,
        tests: () => [],
        inverted: false,
        isCompared: false,
      };
    }
    const freed = freeQuery(this.#query(node), (one) => one);
    const operands = node.operand.kind === 'row' ? node.operand.items : [node.operand];
    if (operands.length !== freed.columns.length) {
      const values = operands.length === 1 ? '1 value is' : `${operands.length} values are`;
      const columns = freed.columns.length === 1 ? '1 column' : `${freed.columns.length} columns`;
      throw new PlanError('PLAN_TYPE', `${values} compared with ${columns}`, { span });
    }
    const { operator, inverted } = comparisonOf(node);
    if (operands.length > 1 && operator !== '=') {
      throw new PlanError('PLAN_UNSUPPORTED', `several columns are compared by = only, not by ${operator}`, { span });
    }
    const bound = operands.map((one) => binder.bind(one));
    const tests = (inner: (expr: Expr) => Expr): readonly Comparison[] =>
      bound.map((left, i) => {
        const right = freed.columns[i]!;
        const expr = binder.compare(operator, left, inner(right), span);
        const args = expr.kind === 'call' ? expr.args : [left, inner(right)];
        const nullable = [mayBeNull(left, this.#fields), mayBeNull(right, freed.plan.schema.fields)];
        return { expr, nulls: args.filter((_, at) => nullable[at]) };
      });
    return { freed, tests, inverted, isCompared: true };
  }

  #truthOf(asked: Asked, span: Span): Expr {
    const truth = (value: boolean | null): Expr => ({ kind: 'literal', value, type: BOOLEAN, span });
    const opposite = (value: Expr): Expr => (asked.inverted ? { kind: 'not', arg: value, type: BOOLEAN, span } : value);
    if (asked.freed.single && asked.isCompared) {
      // One row is there in any case: the test is a comparison with it.
      const inner = this.#inner();
      const { plan, conditions, domain } = asked.freed;
      const perRow = this.#perRow(asked.freed, inner);
      const compared = conjunction(asked.tests(inner).map((one) => one.expr)) ?? truth(true);
      this.#joins.add({ joinType: 'left', plan, condition: conjunction(conditions.map(inner)), domain, perRow, span });
      return opposite(compared);
    }
    const passes = this.#test('mark', asked, { span, mode: 'true' });
    const mayBeUnknown = asked.tests((expr) => expr).some((one) => one.nulls.length > 0);
    const value: Expr = mayBeUnknown
      ? {
          kind: 'case',
          whens: [
            { when: passes, then: truth(true) },
            { when: this.#test('mark', asked, { span, mode: 'not-false' }), then: truth(null) },
          ],
          otherwise: truth(false),
          type: BOOLEAN,
          span,
        }
      : passes;
    return opposite(value);
  }

  /** A join with the rows of the sub-query for which the test is TRUE (or not FALSE). @returns the mark of a mark join */
  #test(
    joinType: JoinType,
    { freed, tests }: Asked,
    { span, mode }: { readonly span: Span; readonly mode: 'true' | 'not-false' },
  ): Expr {
    const inner = this.#inner();
    const compared = tests(inner).map(({ expr, nulls }): Expr => {
      if (mode === 'true' || nulls.length === 0) return expr;
      const isNull = nulls.map((arg): Expr => ({ kind: 'is-null', arg, type: BOOLEAN, span }));
      return { kind: 'or', args: [expr, ...isNull], type: BOOLEAN, span };
    });
    const condition = conjunction([...freed.conditions.map(inner), ...compared]);
    const index = this.#joins.firstColumn;
    this.#joins.add({
      joinType,
      plan: freed.plan,
      condition,
      domain: freed.domain,
      perRow: this.#perRow(freed, inner),
      span,
    });
    return { kind: 'column', index, name: 'mark$', type: BOOLEAN, span };
  }

  /** `x NOT IN (…)` is not TRUE where the sub-query has a NULL, nor for a NULL unless it has no rows at all. */
  #rejectNulls(asked: Asked, span: Span): void {
    const { freed } = asked;
    const add = (plan: LogicalNode, condition: readonly Expr[]): void => {
      const perRow = this.#perRow(freed, this.#inner());
      this.#joins.add({
        joinType: 'anti',
        plan,
        condition: conjunction(condition),
        domain: freed.domain,
        perRow,
        span,
      });
    };
    const isNull = (arg: Expr): Expr => ({ kind: 'is-null', arg, type: BOOLEAN, span });
    const column = freed.columns[0]!;
    if (mayBeNull(column, freed.plan.schema.fields)) {
      const inner = this.#inner();
      add(freed.plan, [...freed.conditions.map(inner), isNull(inner(column))]);
    }
    const inner = this.#inner();
    const [test] = asked.tests(inner);
    const operand = test?.expr.kind === 'call' ? test.expr.args[0] : undefined;
    if (operand === undefined || !test?.nulls.includes(operand)) return;
    if (freed.conditions.length > 0 || freed.perRow !== undefined) {
      add(freed.plan, [...freed.conditions.map(inner), isNull(operand)]);
      return;
    }
    // One row tells that there are rows; only a NULL looks for it.
    const yes: Expr = { kind: 'literal', value: true, type: BOOLEAN, span };
    const none: Expr = { ...yes, value: null };
    const any = distinct(project(freed.plan, [yes], ['any$'], span));
    const key: Expr = {
      kind: 'case',
      whens: [{ when: isNull(operand), then: yes }],
      otherwise: none,
      type: BOOLEAN,
      span,
    };
    const found = inner({ kind: 'column', index: 0, name: 'any$', type: BOOLEAN, span });
    add(any, [{ kind: 'call', name: '=', args: [key, found], impl: equalBooleans, type: BOOLEAN, span }]);
  }

  #scalar(node: SubqueryExpression): Expr {
    const { span } = node;
    const query = this.#query(node);
    const width = query.schema.fields.length;
    if (width !== 1) {
      throw new PlanError('PLAN_TYPE', `a query in place of a value has one column, not ${width}`, { span });
    }
    const { plan, conditions, value, domain, freed } = freeQuery(query, (one) => ({
      ...(one.single ? { ...one, value: one.columns[0]! } : singleRow(one, this.#context, span)),
      freed: one,
    }));
    const inner = this.#inner();
    const perRow = this.#perRow(freed, inner);
    this.#joins.add({ joinType: 'left', plan, condition: conjunction(conditions.map(inner)), domain, perRow, span });
    return inner(value);
  }

  #perRow({ perRow }: FreedQuery, inner: (expr: Expr) => Expr): PendingJoin['perRow'] {
    if (perRow === undefined) return undefined;
    const count = aggregateCall('COUNT', [], this.#context);
    return { call: perRow.call, args: perRow.args.map(inner), fold: mapFold(perRow.fold, inner), count };
  }

  /** How the next join's own columns and those of this query are named in its condition. */
  #inner(): (expr: Expr) => Expr {
    const first = this.#joins.firstColumn;
    return (expr) => moveColumns(expr, (index) => (isOuter(index) ? fromOuter(index) : first + index));
  }
}

const equalBooleans = {
  nulls: 'propagate',
  mayReturnNull: false,
  deterministic: true,
  kernel: (a: boolean, b: boolean) => a === b,
} as const;

/** `x op ALL (q)` is the opposite of `x (opposite op) ANY (q)`. */
function comparisonOf(node: InQueryExpression | QuantifiedExpression): {
  readonly operator: string;
  readonly inverted: boolean;
} {
  if (node.kind === 'in-query') return { operator: '=', inverted: node.negated };
  if (node.quantifier === 'any') return { operator: node.operator, inverted: false };
  return { operator: oppositeOf[node.operator], inverted: true };
}

const oppositeOf = { '=': '<>', '<>': '=', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;

/** EXISTS asks for a row, whichever: LIMIT changes nothing unless it is 0 or rows are skipped. */
function unlimited(query: QueryExpression['query']): { readonly limit?: undefined } {
  const { limit, offset } = query;
  const takesNone = limit?.kind === 'number' && Number(limit.text) === 0;
  return takesNone || offset !== undefined ? {} : { limit: undefined };
}

/** Equal queries have equal texts; where they stand does not count. */
function textOf(node: QueryExpression): string {
  return JSON.stringify(node, (key, value: unknown) => (/span$/i.test(key) ? undefined : value));
}
