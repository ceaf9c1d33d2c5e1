import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { Expression, FunctionCall } from '../../parser/ast/expression.ts';
import type { GroupingItem } from '../../parser/ast/query.ts';
import { BIGINT, INT, TIMESTAMP } from '../../types/sql-type.ts';
import { exprKey, mapParts } from '../expr-tree.ts';
import { project, uniqueNames } from '../logical/build.ts';
import { EXPAND_ID, type LogicalField, type LogicalNode } from '../logical/plan.ts';
import type { AggregateCall, WindowProperty } from '../physical/plan.ts';
import type { BindContext } from './bind-context.ts';
import { bindAggregate, type BoundAggregate } from './aggregate-call.ts';
import { ExpressionBinder, type SubQueryBinder } from './bind-expression.ts';
import { functionName } from './bind-function.ts';
import { GroupingSets, groupingCall, type GroupingCall } from './grouping-sets.ts';
import { isPlaceholder, isPlaceholderAbove } from './pending-joins.ts';
import { isOverCall } from './over-call.ts';
import type { Scope } from './scope.ts';
import { attachedAggregate, attachedWindow, keyField } from './attached-window.ts';
import { bindWindow, checkProperty, windowAuxiliary, windowKind, type BoundWindow } from './window-call.ts';

// Columns of the grouped result stand behind all real columns while the select list is bound over the input.
const firstCall = 1 << 24;
const firstProperty = 1 << 25;
const firstGrouping = 1 << 26;

/**
 * GROUP BY of one SELECT: collects keys, the window, aggregate calls and window properties while expressions are bound
 * over the input, then builds the aggregation and moves the expressions onto its output.
 */
export class Grouping {
  readonly #input: LogicalNode;
  readonly #context: BindContext;
  readonly #inner: ExpressionBinder;
  readonly #keys: Expr[] = [];
  readonly #sets = new GroupingSets();
  readonly #groupings: GroupingCall[] = [];
  readonly #calls: BoundAggregate[] = [];
  readonly #properties: WindowProperty[] = [];
  #window: BoundWindow | undefined;

  /** @param queries the sub-queries in keys and in arguments of aggregates */
  constructor(input: LogicalNode, scope: Scope, context: BindContext, queries: SubQueryBinder) {
    this.#input = input;
    this.#context = context;
    this.#inner = new ExpressionBinder(scope, context, undefined, queries);
  }

  get hasCalls(): boolean {
    return this.#calls.length > 0;
  }

  addGroupBy(items: readonly GroupingItem[]): void {
    for (const item of items) {
      if (item.kind === 'grouping-sets') {
        this.#sets.addSets(item, (key) => this.#key(key));
        continue;
      }
      const kind = item.kind === 'function-call' ? windowKind(functionName(item)) : undefined;
      if (item.kind === 'function-call' && kind !== undefined) {
        if (this.#window !== undefined) {
          throw new PlanError('PLAN_WINDOW', 'GROUP BY has two windows', { span: item.span });
        }
        const place = { binder: this.#inner, input: this.#input.schema.fields };
        this.#window = bindWindow(kind, item, place);
        continue;
      }
      this.#sets.addKey(this.#key(item));
    }
  }

  /** The place of a key, made where it is new. */
  #key(item: Expression): number {
    const key = this.#inner.bind(item);
    const found = this.#keys.findIndex((one) => exprKey(one) === exprKey(key));
    return found < 0 ? this.#keys.push(key) - 1 : found;
  }

  /** The hook of the binder that binds SELECT, HAVING and ORDER BY. */
  hook(call: FunctionCall): Expr | undefined {
    const name = functionName(call);
    if (windowAuxiliary(name) !== undefined) return this.#property(name, call);
    const grouping = call.over === undefined ? this.#groupingCall(call) : undefined;
    if (grouping !== undefined) return grouping;
    if (call.over !== undefined || this.#context.functions.aggregate(name) === undefined) return undefined;
    return this.#aggregate(call);
  }

  #groupingCall(call: FunctionCall): Expr | undefined {
    const grouping = groupingCall(call, (arg) => {
      const key = exprKey(this.#inner.bind(arg));
      return this.#keys.findIndex((one) => exprKey(one) === key);
    });
    if (grouping === undefined) return undefined;
    const index = firstGrouping + this.#groupings.push(grouping) - 1;
    return { kind: 'column', index, name: functionName(call).toUpperCase(), type: BIGINT, span: call.span };
  }

  #property(name: string, call: FunctionCall): Expr | undefined {
    const auxiliary = windowAuxiliary(name);
    const window = this.#window;
    if (auxiliary === undefined || window === undefined) return undefined;
    const place = { binder: this.#inner, input: this.#input.schema.fields };
    if (auxiliary.window !== window.kind || bindWindow(auxiliary.window, call, place).key !== window.key) {
      throw new PlanError('PLAN_WINDOW', `"${name.toUpperCase()}" does not name the window of GROUP BY`, {
        span: call.span,
        hint: `It takes the same arguments as ${window.kind.toUpperCase()} in GROUP BY.`,
      });
    }
    checkProperty(auxiliary.property, window, call);
    let index = this.#properties.indexOf(auxiliary.property);
    if (index < 0) index = this.#properties.push(auxiliary.property) - 1;
    return { kind: 'column', index: firstProperty + index, name: name.toUpperCase(), type: TIMESTAMP, span: call.span };
  }

  #aggregate(call: FunctionCall): Expr {
    const bound = bindAggregate(call, this.#inner);
    let index = this.#calls.findIndex((one) => one.key === bound.key);
    if (index < 0) index = this.#calls.push(bound) - 1;
    const { text, call: made } = this.#calls[index]!;
    return { kind: 'column', index: firstCall + index, name: text, type: made.type, span: call.span };
  }

  /**
   * Builds the aggregation; the returned function moves an expression onto its output.
   * @param rows the input with the joins of its sub-queries, and what puts their results in place
   */
  build(
    span: Span,
    rows: { readonly plan: LogicalNode; readonly resolve: (expr: Expr) => Expr },
  ): { readonly plan: LogicalNode; readonly move: (expr: Expr) => Expr } {
    const inputs: Expr[] = [];
    const names: string[] = [];
    const several = this.#sets.several;
    const place = (given: Expr, name: string): number => {
      const expr = rows.resolve(given);
      // A key is NULL in the sets that leave it out, an argument never is.
      const from = several ? this.#keys.length : 0;
      const found = inputs.findIndex((one, i) => i >= from && exprKey(one) === exprKey(expr));
      if (found >= 0) return found;
      names.push(expr.kind === 'column' ? expr.name : name);
      return inputs.push(expr) - 1;
    };
    const own = this.#keys.map((key, i) => {
      names.push(key.kind === 'column' ? key.name : `key$${i}`);
      return inputs.push(rows.resolve(key)) - 1;
    });
    const calls = this.#calls.map(({ call, args, filter }, i): AggregateCall => ({
      ...call,
      args: args.map((arg) => place(arg, `arg$${i}`)),
      filter: filter === undefined ? undefined : place(filter, `filter$${i}`),
    }));
    const time = this.#window?.processingTime === true ? undefined : this.#window?.time;
    const timeColumn = time === undefined ? -1 : place(time, 'time$');
    const projected = project(rows.plan, inputs, uniqueNames(names), span);
    const input = several ? this.#sets.expand(projected, own.length, span) : projected;
    const keys = several ? [...own, inputs.length] : own;
    const attached = this.#window === undefined ? attachedWindow(own, input) : undefined;
    const keyFields = keys.map((key) => keyField(input.schema.fields[key]!, attached));
    const callFields = calls.map((call, i) => ({
      name: this.#calls[i]!.text,
      type: call.type,
      nullable: call.name !== 'COUNT',
    }));
    const window = this.#window;
    const move = this.#mover(keys.length, calls.length);
    if (attached !== undefined) {
      const schema = { fields: [...keyFields, ...callFields] };
      return { plan: attachedAggregate(attached, { input, keys, calls, schema, span }), move };
    }
    if (window === undefined) {
      const schema = { fields: [...keyFields, ...callFields] };
      return { plan: { kind: 'aggregate', input, keys, calls, schema, span }, move };
    }
    const properties = [...this.#properties];
    const propertyFields = properties.map((one): LogicalField => ({
      name: `window_${one}`,
      type: TIMESTAMP,
      nullable: false,
      time: one === 'rowtime' || one === 'proctime' ? one : undefined,
    }));
    const schema = { fields: [...keyFields, ...callFields, ...propertyFields] };
    const plan: LogicalNode = {
      kind: 'window-aggregate',
      input,
      window: window.spec,
      processingTime: window.processingTime,
      timeColumn,
      keys,
      calls,
      properties,
      schema,
      span,
    };
    return { plan, move };
  }

  #mover(keyCount: number, callCount: number): (expr: Expr) => Expr {
    const places = new Map(this.#keys.map((key, i) => [exprKey(key), i]));
    const move = (expr: Expr): Expr => {
      const key = places.get(exprKey(expr));
      if (key !== undefined) {
        const name = expr.kind === 'column' ? expr.name : `key$${key}`;
        return { kind: 'column', index: key, name, type: expr.type, span: expr.span };
      }
      if (expr.kind !== 'column') return mapParts(expr, move);
      if (isOverCall(expr.index)) return expr;
      if (isPlaceholderAbove(expr.index)) return expr;
      if (expr.index >= firstGrouping && !isPlaceholder(expr.index)) {
        // Without GROUPING SETS the only set holds all keys, whatever column is asked.
        const set = { kind: 'column', index: this.#keys.length, name: EXPAND_ID, type: INT } as const;
        return this.#sets.value(this.#groupings[expr.index - firstGrouping]!, set);
      }
      if (isPlaceholder(expr.index)) throw partOfKey(expr);
      if (expr.index >= firstProperty) return { ...expr, index: keyCount + callCount + expr.index - firstProperty };
      if (expr.index >= firstCall) return { ...expr, index: keyCount + expr.index - firstCall };
      throw new PlanError('PLAN_GROUPING', `column "${expr.name}" is neither grouped nor aggregated`, {
        span: expr.span,
        hint: `Add it to GROUP BY, or write an aggregate such as MAX(${expr.name}).`,
      });
    };
    return move;
  }
}

function partOfKey({ span }: Expr): PlanError {
  return new PlanError('PLAN_GROUPING', 'a sub-query of GROUP BY stands here without the rest of its key', {
    span,
    hint: 'Write the whole key as it stands in GROUP BY, or name it in a sub-query in FROM.',
  });
}
