import type { Expr } from '../../contracts/expression.ts';
import type { Span } from '../../errors/span.ts';
import { collectColumns, moveColumns, replaceColumns } from '../expr-tree.ts';
import { join } from '../logical/join.ts';
import type { JoinType, LogicalNode } from '../logical/plan.ts';
import type { AggregateCall } from '../physical/plan.ts';
import { withDomain, type Domain } from './domain.ts';
import type { PerRow } from './freed-query.ts';
import { isOuter, mapFold } from './outer-columns.ts';
import { withPerRow } from './per-row.ts';

// While expressions are bound, results of sub-queries stand behind everything that grouping adds, the columns of their
// joins behind those, and before all that belongs to the queries around. Those below a GROUP BY stand before the others.
const ranges = {
  below: { firstResult: 2 ** 28, firstJoined: 2 ** 29 },
  above: { firstResult: 2 ** 30, firstJoined: 2 ** 31 },
} as const;
const firstPlaceholder = ranges.below.firstResult;
const joinedStride = 2 ** 16;

/** Whether the sub-queries are joined with the rows that a GROUP BY reads, or with what it gives. */
export type JoinPlace = keyof typeof ranges;

/** Whether a column stands for a sub-query until its join is made. */
export function isPlaceholder(index: number): boolean {
  return index >= firstPlaceholder;
}

/** Whether a column stands for a sub-query that is joined above the GROUP BY of its query. */
export function isPlaceholderAbove(index: number): boolean {
  return index >= ranges.above.firstResult;
}

/** A join that is still to be added to the query; `condition` is over the query and the joins up to this one. */
export interface PendingJoin {
  readonly joinType: JoinType;
  readonly plan: LogicalNode;
  readonly condition: Expr | undefined;
  readonly domain: Domain | undefined;
  /** Over the query and the columns of the function, which stand where those of the join will. */
  readonly perRow?: (PerRow & { readonly count: AggregateCall }) | undefined;
  readonly span: Span;
}

type Move = (expr: Expr) => Expr;
const unmoved: Move = (expr) => expr;

/** The joins that the sub-queries of one place of a query become, and the placeholders of their results. */
export class PendingJoins {
  readonly #range: (typeof ranges)[JoinPlace];
  readonly #joins: PendingJoin[] = [];
  readonly #results: Expr[] = [];

  constructor(place: JoinPlace) {
    this.#range = ranges[place];
  }

  get isEmpty(): boolean {
    return this.#joins.length === 0;
  }

  add(pending: PendingJoin): void {
    this.#joins.push(pending);
  }

  /** Where the columns of the next join will stand. */
  get firstColumn(): number {
    return this.#range.firstJoined + this.#joins.length * joinedStride;
  }

  /** The placeholder of a value over the query and its joins. */
  result(value: Expr, span: Span): Expr {
    const index = this.#range.firstResult + this.#results.push(value) - 1;
    return { kind: 'column', index, name: 'query$', type: value.type, span };
  }

  /**
   * Adds the joins of all sub-queries bound so far to `input`.
   * @param move what became of the columns of the query (by grouping)
   * @returns the plan, and the function that puts the results in place of the placeholders of a moved expression
   */
  attach(input: LogicalNode, move: Move = unmoved): { readonly plan: LogicalNode; readonly resolve: Move } {
    const at: number[] = [];
    const resolve = this.#resolver(at, move);
    let plan = input;
    for (const pending of this.#joins) {
      at.push(plan.schema.fields.length);
      plan = joined(plan, pending, {
        rows: input,
        values: (value) => move(value),
        condition: (condition) => resolve(move(condition)),
      });
    }
    return { plan, resolve };
  }

  /**
   * Adds the joins to the sides of a join, each to the one whose columns its sub-query reads.
   * @returns the sides, and the function that moves an expression over the columns of both onto them; undefined where a
   *   sub-query reads columns of both sides
   */
  attachSides(
    left: LogicalNode,
    right: LogicalNode,
  ): { readonly left: LogicalNode; readonly right: LogicalNode; readonly resolve: Move } | undefined {
    const width = left.schema.fields.length;
    const sides = { left, right };
    const places: { side: 'left' | 'right'; at: number }[] = [];
    for (const pending of this.#joins) {
      const side = this.#sideOf(pending, places, width);
      if (side === undefined) return undefined;
      const plan = sides[side];
      places.push({ side, at: plan.schema.fields.length });
      // While a side is made its own columns count from 0.
      const own: Move = (expr) =>
        side === 'left' ? expr : moveColumns(expr, (i) => (i < width || isPlaceholder(i) ? i : i - width));
      const resolve = this.#resolver(
        places.map((one) => one.at),
        own,
      );
      sides[side] = joined(plan, pending, {
        rows: side === 'left' ? left : right,
        values: own,
        condition: (condition) => resolve(own(condition)),
      });
    }
    const added = sides.left.schema.fields.length - width;
    const move: Move = (expr) => moveColumns(expr, (i) => (i < width || isPlaceholder(i) ? i : i + added));
    const at = places.map((one) => one.at + (one.side === 'left' ? 0 : width + added));
    const resolve = this.#resolver(at, move);
    return { ...sides, resolve: (expr) => resolve(move(expr)) };
  }

  #sideOf(
    { condition, domain, perRow }: PendingJoin,
    places: readonly { readonly side: 'left' | 'right' }[],
    width: number,
  ): 'left' | 'right' | undefined {
    const found = new Set<'left' | 'right'>();
    const { firstResult, firstJoined } = this.#range;
    const see = (expr: Expr): void => {
      for (const index of collectColumns(expr, new Set())) {
        if (isOuter(index)) continue;
        if (index < firstResult) found.add(index < width ? 'left' : 'right');
        else if (index < firstJoined) see(this.#results[index - firstResult]!);
        else {
          const known = places[Math.floor((index - firstJoined) / joinedStride)];
          if (known !== undefined) found.add(known.side);
        }
      }
    };
    if (condition !== undefined) see(condition);
    domain?.values.forEach(see);
    if (perRow !== undefined) [...perRow.args, ...perRow.fold.exprs].forEach(see);
    if (perRow?.fold.filter !== undefined) see(perRow.fold.filter);
    if (found.size === 2) return undefined;
    return found.has('left') ? 'left' : 'right';
  }

  #resolver(at: readonly number[], move: Move): Move {
    const { firstResult, firstJoined } = this.#range;
    const resolve: Move = (expr) =>
      replaceColumns(expr, (index, _, column) => {
        if (index < firstResult || isOuter(index)) return column;
        if (index < firstJoined) return resolve(move(this.#results[index - firstResult]!));
        const place = index - firstJoined;
        const join = Math.floor(place / joinedStride);
        return join < this.#joins.length ? { ...column, index: at[join]! + (place % joinedStride) } : column;
      });
    return resolve;
  }
}

function joined(
  plan: LogicalNode,
  { joinType, plan: right, condition, domain, perRow, span }: PendingJoin,
  moves: { readonly rows: LogicalNode; readonly values: Move; readonly condition: Move },
): LogicalNode {
  if (perRow !== undefined) {
    const { call, args, fold, count } = perRow;
    const own = { call, args: args.map(moves.condition), fold: mapFold(fold, moves.condition) };
    return withPerRow(plan, joinType, own, { condition: condition && moves.condition(condition), count });
  }
  const query = domain === undefined ? right : withDomain(right, domain, moves.rows, domain.values.map(moves.values));
  return join(joinType, plan, query, { condition: condition && moves.condition(condition), span });
}
