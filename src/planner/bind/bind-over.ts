import type { Expr } from '../../contracts/expression.ts';
import type { Compatibility } from '../../contracts/function.ts';
import { printExpr } from '../../expr/print.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { FunctionCall, OverClause } from '../../parser/ast/expression.ts';
import type { NamedWindow } from '../../parser/ast/query.ts';
import { BIGINT, type SqlType } from '../../types/sql-type.ts';
import { exprKey, mapParts } from '../expr-tree.ts';
import { columnsOf, project, uniqueNames } from '../logical/build.ts';
import type { LogicalField, LogicalNode } from '../logical/plan.ts';
import type { OverCall, OverFrame } from '../physical/over-plan.ts';
import { bindAggregate, type BoundAggregate } from './aggregate-call.ts';
import { functionName } from './bind-function.ts';
import type { Binder } from './binder.ts';
import { firstOverCall, isOverCall } from './over-call.ts';
import { bindFrame, UP_TO_HERE } from './over-frame.ts';
import { bindShift, checkRanking } from './over-function.ts';
import { unknownFunction } from './resolve-scalar.ts';
import { needsWholePartition, overFunction, type OverFunction } from './over-name.ts';

interface BoundOrder {
  readonly expr: Expr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

interface BoundWindow {
  readonly partition: readonly Expr[];
  readonly order: readonly BoundOrder[];
  /** Undefined: of calls that have none. */
  frame: OverFrame | undefined;
  readonly span: Span;
  readonly compatibility: Compatibility;
}

type PendingCall = { readonly key: string; readonly text: string; readonly type: SqlType } & (
  | { readonly kind: 'aggregate'; readonly bound: BoundAggregate }
  | { readonly kind: 'rank'; readonly name: 'ROW_NUMBER' | 'RANK' | 'DENSE_RANK' }
  | {
      readonly kind: 'shift';
      readonly name: 'LAG' | 'LEAD';
      readonly value: Expr;
      readonly offset: number;
      readonly fallback: Expr | undefined;
    }
);

/**
 * The calls with OVER of one SELECT: collected while SELECT and ORDER BY are bound over the input, then put behind
 * WHERE, GROUP BY and HAVING. All of them have the same window.
 */
export class OverCalls {
  readonly #windows: readonly NamedWindow[];
  readonly #calls: PendingCall[] = [];
  #window: BoundWindow | undefined;

  /** @param windows the WINDOW clause */
  constructor(windows: readonly NamedWindow[]) {
    this.#windows = windows;
  }

  /**
   * The place of a call with OVER, undefined for every other call.
   * @throws PlanError PLAN_OVER
   */
  hook(call: FunctionCall, binder: Binder): Expr | undefined {
    if (call.over === undefined) return undefined;
    const clause = this.#clause(call.over);
    const own = overFunction(functionName(call));
    const pending = this.#call(call, own, binder);
    const frame = this.#frame(call, clause, own, binder);
    this.#join(bindWindow(clause, frame, binder), call);
    let index = this.#calls.findIndex((one) => one.key === pending.key);
    if (index < 0) index = this.#calls.push(pending) - 1;
    const { text, type } = this.#calls[index]!;
    return { kind: 'column', index: firstOverCall + index, name: text, type, span: call.span };
  }

  /**
   * Puts the calls above `input`.
   * @param moveInput moves an expression of the SELECT onto `input`
   * @returns the plan, and what moves an expression of the SELECT onto it
   */
  build(
    input: LogicalNode,
    moveInput: (expr: Expr) => Expr,
  ): { readonly plan: LogicalNode; readonly move: (expr: Expr) => Expr } {
    const window = this.#window;
    if (window === undefined) return { plan: input, move: moveInput };
    const exprs = [...columnsOf(input)];
    const names = input.schema.fields.map((field) => field.name);
    const place = (expr: Expr, name: string): number => {
      const moved = moveInput(expr);
      if (moved.kind === 'column') return moved.index;
      const found = exprs.findIndex((one) => exprKey(one) === exprKey(moved));
      if (found >= 0) return found;
      names.push(name);
      return exprs.push(moved) - 1;
    };
    const partition = window.partition.map((expr, i) => place(expr, `partition$${i}`));
    const order = window.order.map(({ expr, descending, nullsFirst }, i) => ({
      column: place(expr, `order$${i}`),
      descending,
      nullsFirst,
    }));
    const calls = this.#calls.map((one, i) => placeCall(one, (expr) => place(expr, `arg$${i}`)));
    const width = exprs.length;
    const below = width === input.schema.fields.length ? input : project(input, exprs, uniqueNames(names), window.span);
    const callFields = this.#calls.map((one): LogicalField => ({
      name: one.text,
      type: one.type,
      nullable: one.kind === 'rank' ? false : one.kind === 'shift' || one.bound.call.name !== 'COUNT',
    }));
    // Rows that wait for later ones leave their watermark behind.
    const hasLead = calls.some((one) => one.kind === 'shift' && one.name === 'LEAD');
    const passing = hasLead ? below.schema.fields.map(withoutTime) : below.schema.fields;
    const plan: LogicalNode = {
      kind: 'over',
      input: below,
      partition,
      order,
      frame: window.frame ?? UP_TO_HERE,
      calls,
      compatibility: window.compatibility,
      schema: { fields: [...passing, ...callFields] },
      span: window.span,
    };
    const onto = (expr: Expr): Expr =>
      expr.kind === 'column'
        ? isOverCall(expr.index)
          ? { ...expr, index: width + expr.index - firstOverCall }
          : expr
        : mapParts(expr, onto);
    return { plan, move: (expr) => onto(moveInput(expr)) };
  }

  #clause(over: OverClause): OverClause {
    const { name } = over;
    if (name === undefined) return over;
    const found = this.#windows.find((one) => one.name.name.toLowerCase() === name.name.toLowerCase());
    if (found !== undefined) return found.window;
    const known = this.#windows.map((one) => one.name.name);
    throw new PlanError('PLAN_OVER', `window "${name.name}" is not declared`, {
      span: name.span,
      hint:
        known.length === 0
          ? `Declare it behind FROM: WINDOW ${name.name} AS (PARTITION BY … ORDER BY …).`
          : `The WINDOW clause declares: ${known.join(', ')}.`,
    });
  }

  #call(call: FunctionCall, own: OverFunction | undefined, binder: Binder): PendingCall {
    const name = functionName(call).toUpperCase();
    if (own === undefined) {
      if (needsWholePartition(name)) {
        throw new PlanError('PLAN_OVER', `function "${name}" needs all rows of its partition, which never ends`, {
          span: call.span,
          hint: 'A stream can answer ROW_NUMBER, RANK, DENSE_RANK, LAG, LEAD and aggregates.',
        });
      }
      const { functions } = binder.context;
      if (functions.aggregate(name) === undefined) {
        if (functions.scalar(name) === undefined && functions.table(name) === undefined) {
          throw unknownFunction(functionName(call), call.name.at(-1)?.span ?? call.span, binder.context);
        }
        throw new PlanError('PLAN_OVER', `function "${name}" does not go with OVER`, {
          span: call.span,
          hint: 'OVER takes aggregates, ROW_NUMBER, RANK, DENSE_RANK, LAG and LEAD.',
        });
      }
      const bound = bindAggregate(call, binder);
      return { kind: 'aggregate', bound, key: bound.key, text: bound.text, type: bound.call.type };
    }
    if (own.kind === 'rank') {
      checkRanking(call, own.name);
      return { kind: 'rank', name: own.name, key: own.name, text: `${own.name}()`, type: BIGINT };
    }
    const shift = bindShift(call, own.name, binder);
    const parts = [shift.value, ...(shift.fallback === undefined ? [] : [shift.fallback])];
    return {
      kind: 'shift',
      ...shift,
      name: own.name,
      key: [own.name, shift.offset, ...parts.map(exprKey)].join(' '),
      text: `${own.name}(${[printExpr(shift.value), String(shift.offset), ...parts.slice(1).map(printExpr)].join(', ')})`,
      type: shift.value.type,
    };
  }

  #frame(call: FunctionCall, clause: OverClause, own: OverFunction | undefined, binder: Binder): OverFrame | undefined {
    if (own === undefined) return bindFrame(clause, binder);
    // A window under a name may serve aggregates beside.
    if (clause.frame === undefined || call.over?.name !== undefined) return undefined;
    throw new PlanError('PLAN_OVER', `function "${functionName(call).toUpperCase()}" takes no ROWS and no RANGE`, {
      span: clause.frame.span,
      hint: 'Leave the frame out: the function counts over the whole partition.',
    });
  }

  /** Calls without a frame fit to every frame. */
  #join(window: BoundWindow, call: FunctionCall): void {
    const first = this.#window;
    if (first === undefined) {
      this.#window = window;
      return;
    }
    const same =
      placeKey(first) === placeKey(window) &&
      (first.frame === undefined ||
        window.frame === undefined ||
        (first.frame.unit === window.frame.unit && first.frame.preceding === window.frame.preceding));
    if (!same) {
      throw new PlanError('PLAN_OVER', 'the OVER calls of one SELECT have different windows', {
        span: call.over?.span ?? call.span,
        notes: [{ text: 'the first window is this one', span: first.span }],
        hint: 'Write the same PARTITION BY, ORDER BY and frame for all of them, or compute the others in an outer query.',
      });
    }
    first.frame ??= window.frame;
  }
}

function bindWindow(clause: OverClause, frame: OverFrame | undefined, binder: Binder): BoundWindow {
  return {
    partition: clause.partitionBy.map((one) => binder.bind(one)),
    order: clause.orderBy.map(({ expression, descending, nullsFirst }) => ({
      expr: binder.bind(expression),
      descending,
      nullsFirst: nullsFirst ?? !descending,
    })),
    frame,
    span: clause.span,
    compatibility: binder.context.call.compatibility,
  };
}

function placeKey({ partition, order }: BoundWindow): string {
  const by = order.map((one) => [exprKey(one.expr), one.descending, one.nullsFirst].join(' '));
  return `${partition.map(exprKey).join(', ')} / ${by.join(', ')}`;
}

function placeCall(pending: PendingCall, place: (expr: Expr) => number): OverCall {
  switch (pending.kind) {
    case 'aggregate': {
      const { call, args, filter } = pending.bound;
      const placed = { args: args.map(place), filter: filter === undefined ? undefined : place(filter) };
      return { kind: 'aggregate', call: { ...call, ...placed } };
    }
    case 'rank':
      return { kind: 'rank', name: pending.name, type: pending.type };
    case 'shift': {
      const { name, offset, type, value, fallback } = pending;
      return {
        kind: 'shift',
        name,
        column: place(value),
        offset,
        fallback: fallback === undefined ? undefined : place(fallback),
        type,
      };
    }
  }
}

function withoutTime({ name, type, nullable }: LogicalField): LogicalField {
  return { name, type, nullable };
}
