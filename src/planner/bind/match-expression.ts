import type { Expr } from '../../contracts/expression.ts';
import type { Span } from '../../errors/span.ts';
import { fold } from '../../expr/fold.ts';
import type { ColumnRef, Expression, FunctionCall } from '../../parser/ast/expression.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { collectColumns } from '../expr-tree.ts';
import { ANY_VARIABLE, type MatchAnchor, type MatchColumn } from '../physical/match-plan.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import { bindArgument, functionName } from './bind-function.ts';
import { coerceArgument } from './coerce.ts';
import { patternError } from './match-error.ts';
import type { MatchInput } from './match-input.ts';
import { callSite, wrongArguments } from './resolve-scalar.ts';
import type { Names } from './scope.ts';

/** Where an expression of MATCH_RECOGNIZE stands. */
export interface MatchPlace {
  readonly clause: 'MEASURES' | 'DEFINE';
  /** Seen from the last row of the match even where each row has its result (FINAL). */
  readonly final: boolean;
}

const navigation: ReadonlySet<string> = new Set(['FIRST', 'LAST', 'PREV', 'NEXT']);

/**
 * Binds expressions of DEFINE or MEASURES. A column stands for the last row of its variable, an unqualified one for the
 * last row of the match; what is gathered from a match becomes a column of `columns`.
 */
export class MatchBinder implements Names {
  readonly columns: MatchColumn[] = [];
  readonly #keys: string[] = [];
  readonly #input: MatchInput;
  readonly #context: BindContext;
  readonly #place: MatchPlace;

  constructor(input: MatchInput, context: BindContext, place: MatchPlace) {
    this.#input = input;
    this.#context = context;
    this.#place = place;
  }

  bind(node: Expression): Expr {
    return new ExpressionBinder(this, this.#context, (call) => this.#call(call)).bind(node);
  }

  column(ref: ColumnRef): Expr {
    const { variable, expr } = this.#input.column(ref);
    return this.cell({ variable, from: 'last', offset: 0, back: 0 }, expr, ref.span);
  }

  cell(anchor: Omit<MatchAnchor, 'final'> & { readonly final?: true }, expr: Expr, span: Span | undefined): Expr {
    const column = this.#input.place(expr);
    const full = { ...anchor, final: anchor.final ?? this.#place.final };
    const { variable, from, offset, back } = anchor;
    const owner = variable === ANY_VARIABLE ? '' : `${this.#input.variables[variable]!}.`;
    const cell = `${owner}${this.#input.nameOf(column)}`;
    const inner = from === 'first' || offset > 0 ? `${from.toUpperCase()}(${cell}, ${offset})` : cell;
    const name = back > 0 ? `PREV(${inner}, ${back})` : inner;
    return this.#add({ kind: 'cell', anchor: full, column, type: expr.type }, name, span);
  }

  #add(column: MatchColumn, name: string, span: Span | undefined): Expr {
    const key = JSON.stringify(column, (field, value: unknown) => (field === 'binding' ? undefined : value));
    let index = this.#keys.indexOf(key);
    if (index < 0) {
      index = this.columns.push(column) - 1;
      this.#keys.push(key);
    }
    const type = column.kind === 'aggregate' ? column.call.type : column.type;
    return { kind: 'column', index, name, type, span };
  }

  #call(call: FunctionCall): Expr | undefined {
    if (call.over !== undefined) throw patternError('OVER cannot stand in MATCH_RECOGNIZE', call.span);
    const name = functionName(call);
    const upper = name.toUpperCase();
    if (navigation.has(upper)) return this.#navigate(upper, call);
    if (upper === 'CLASSIFIER' && call.args.length === 0) {
      return this.#add({ kind: 'classifier', final: this.#place.final, type: VARCHAR }, 'CLASSIFIER()', call.span);
    }
    if (upper === 'MATCH_NUMBER') throw patternError('MATCH_NUMBER is not supported', call.span);
    if (upper === 'MATCH_ROWTIME') return this.#rowtime(call);
    if (upper === 'MATCH_PROCTIME' && call.args.length === 0) {
      return new ExpressionBinder(this, this.#context).call('PROCTIME', [], call.span);
    }
    return this.#context.functions.aggregate(name) === undefined ? undefined : this.#aggregate(name, call);
  }

  #rowtime(call: FunctionCall): Expr {
    const time = this.#input.rowtime;
    if (time === undefined) {
      throw patternError('MATCH_ROWTIME needs event time', call.span, 'Order by the column of a WATERMARK.');
    }
    // The whole match has one time, whichever of its rows is put out.
    return this.cell({ variable: ANY_VARIABLE, from: 'last', offset: 0, back: 0, final: true }, time, call.span);
  }

  #navigate(name: string, call: FunctionCall): Expr {
    const { span } = call;
    if (name === 'NEXT') {
      throw patternError(
        'NEXT is not supported',
        span,
        'Rows to come are not known yet: match them by a variable of their own.',
      );
    }
    if (name === 'PREV' && this.#context.call.compatibility === 'flink') {
      throw patternError('PREV is not supported by Flink', span, 'LAST(v.x, 1) is the row of v before the last.');
    }
    if (name === 'PREV' && this.#place.clause === 'MEASURES') {
      throw patternError('PREV stands in DEFINE only', span, 'LAST(v.x, 1) is the row of v before the last.');
    }
    const [first, second] = call.args;
    if (first === undefined || call.args.length > 2 || call.distinct || call.filter !== undefined) {
      throw patternError(`${name} takes a column and a number of rows`, span, `It is called as ${name}(v.x [, n]).`);
    }
    const { variable, exprs } = this.#ofOneVariable(name, [first], call);
    const expr = exprs[0]!;
    const given =
      second === undefined ? undefined : this.#count(name, bindArgument(second, this.#plain()), second.span);
    if (name === 'PREV') {
      return this.cell({ variable, from: 'last', offset: 0, back: given ?? 1 }, expr, span);
    }
    return this.cell({ variable, from: name === 'FIRST' ? 'first' : 'last', offset: given ?? 0, back: 0 }, expr, span);
  }

  #count(name: string, expr: Expr, span: Span): number {
    const folded = collectColumns(expr, new Set()).size > 0 ? expr : fold(expr);
    const value = folded.kind === 'literal' ? Number(folded.value) : Number.NaN;
    if (
      folded.kind === 'literal' &&
      folded.value !== null &&
      Number.isSafeInteger(value) &&
      value >= 0 &&
      value < 10_000
    )
      return value;
    throw patternError(`${name} takes a constant number of rows`, span, `It is called as ${name}(v.x, 1).`);
  }

  #plain(seen?: Set<number>): ExpressionBinder {
    const names: Names = {
      column: (ref) => {
        const { variable, expr } = this.#input.column(ref);
        seen?.add(variable);
        return expr;
      },
    };
    return new ExpressionBinder(names, this.#context, (inner) => {
      const name = functionName(inner).toUpperCase();
      if (!navigation.has(name) && this.#context.functions.aggregate(name) === undefined) return undefined;
      throw patternError(`${name} cannot stand inside another function over rows`, inner.span);
    });
  }

  #ofOneVariable(
    name: string,
    args: FunctionCall['args'],
    call: FunctionCall,
  ): { readonly variable: number; readonly exprs: readonly Expr[] } {
    const seen = new Set<number>();
    const binder = this.#plain(seen);
    const exprs = args.map((arg) => bindArgument(arg, binder));
    if (seen.size > 1) {
      throw patternError(
        `${name} takes columns of one pattern variable`,
        call.span,
        'Qualify all columns with the same variable.',
      );
    }
    return { variable: [...seen][0] ?? ANY_VARIABLE, exprs };
  }

  #aggregate(name: string, call: FunctionCall): Expr {
    const fn = this.#context.functions.aggregate(name);
    if (fn === undefined) throw patternError(`${name} is no aggregate`, call.span);
    if (call.distinct) {
      throw patternError(`${fn.name} cannot be DISTINCT in MATCH_RECOGNIZE`, call.span, 'Leave DISTINCT out.');
    }
    if (call.filter !== undefined || call.withinGroup.length > 0) {
      throw patternError(`${fn.name} takes no FILTER or WITHIN GROUP in MATCH_RECOGNIZE`, call.span);
    }
    const star = call.args.length === 1 && call.args[0]?.kind === 'star';
    const { variable, exprs } = this.#ofOneVariable(fn.name, star && fn.name === 'COUNT' ? [] : call.args, call);
    const binding = fn.resolve(callSite(exprs, this.#context));
    if (binding === undefined || (exprs.length === 0 && !star)) throw wrongArguments(fn, exprs, call.span);
    const args = exprs.map((arg, i) =>
      this.#input.place(coerceArgument(arg, binding.args[i] ?? arg.type, this.#context)),
    );
    const owner = variable === ANY_VARIABLE ? '' : `${this.#input.variables[variable]!}.`;
    const text = star ? '*' : args.map((one) => owner + this.#input.nameOf(one)).join(', ');
    const aggregate = {
      name: fn.name,
      binding,
      args,
      distinct: false,
      filter: undefined,
      type: binding.returns,
    };
    return this.#add(
      { kind: 'aggregate', variable, call: aggregate, final: this.#place.final },
      `${fn.name}(${text})`,
      call.span,
    );
  }
}
