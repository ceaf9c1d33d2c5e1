import type { Expr, LiteralExpr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type {
  ColumnRef,
  BetweenExpression,
  CaseExpression,
  CastExpression,
  Expression,
  FunctionCall,
  InListExpression,
  IsExpression,
  LikeExpression,
} from '../../parser/ast/expression.ts';
import { fold } from '../../expr/fold.ts';
import { commonType } from '../../types/coercion.ts';
import { BOOLEAN, VARCHAR, isNested, isString, sameType, typeName, type SqlType } from '../../types/sql-type.ts';
import { typeFromName } from '../type-from-name.ts';
import type { BindContext } from './bind-context.ts';
import { senseless, type Binder } from './binder.ts';
import { bindFunctionCall } from './bind-function.ts';
import { bindLiteral, bindNumber } from './bind-literal.ts';
import { bindColumn, bindNested, bindRowIn } from './bind-nested.ts';
import { coerce, condition, convert, padLiteral } from './coerce.ts';
import type { QueryExpression } from './sub-queries.ts';
import { resolveScalar } from './resolve-scalar.ts';
import type { Names } from './scope.ts';

// As deep as the parser nests: every walk over expressions recurses.
const maxTerms = 500;

/** What a query around the expression makes of aggregate and window functions; undefined: an ordinary function. */
export type CallHook = (call: FunctionCall) => Expr | undefined;

/** What a query makes of the sub-queries in its expressions. */
export interface SubQueryBinder {
  bind(node: QueryExpression, binder: Binder): Expr;
}

/** The binder of expressions over `names`. */
export class ExpressionBinder implements Binder {
  readonly names: Names;
  readonly context: BindContext;
  readonly #hook: CallHook;
  readonly #queries: SubQueryBinder | undefined;

  /** @param queries what becomes of sub-queries; undefined: there must be none */
  constructor(names: Names, context: BindContext, hook: CallHook = () => undefined, queries?: SubQueryBinder) {
    this.names = names;
    this.context = context;
    this.#hook = hook;
    this.#queries = queries;
  }

  bind(node: Expression): Expr {
    switch (node.kind) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'null':
      case 'binary-string':
      case 'temporal':
      case 'interval':
        return bindLiteral(node, this.context);
      case 'column-ref':
        return this.#column(node);
      case 'unary':
        return this.#unary(node.operator, node.operand, node.span);
      case 'binary':
        return '-*/%'.includes(node.operator)
          ? this.call(node.operator, [this.bind(node.left), this.bind(node.right)], node.span)
          : this.compare(node.operator, this.bind(node.left), this.bind(node.right), node.span);
      case 'chain':
        return this.#chain(node.operator, node.operands, node.span);
      case 'not':
        return not(condition(this.bind(node.operand), 'NOT'), node.span);
      case 'is':
        return this.#is(node);
      case 'is-distinct':
        return this.#isDistinct(node.left, node.right, node.negated, node.span);
      case 'between':
        return this.#between(node);
      case 'in-list':
        return this.#inList(node);
      case 'like':
        return this.#like(node);
      case 'case':
        return this.#case(node);
      case 'cast':
        return this.#cast(node);
      case 'function-call':
        return this.#hook(node) ?? bindFunctionCall(node, this);
      case 'in-query':
      case 'quantified':
      case 'exists':
      case 'subquery':
        if (this.#queries === undefined) throw senseless('this place', node.span);
        return this.#queries.bind(node, this);
      case 'row':
      case 'array':
      case 'map':
      case 'item':
      case 'field':
        return bindNested(node, this);
    }
  }

  call(name: string, args: readonly Expr[], span: Span): Expr {
    return resolveScalar(name, args, { context: this.context, span });
  }

  compare(operator: string, left: Expr, right: Expr, span: Span): Expr {
    const type = commonType([left.type, right.type], 'compare');
    if (type === undefined) {
      throw new PlanError('PLAN_TYPE', `${typeName(left.type)} and ${typeName(right.type)} cannot be compared`, {
        span,
        hint: 'Write a CAST on one side.',
      });
    }
    const plain = type.kind === 'null' ? BOOLEAN : type;
    const sides = [left, right].map((side) =>
      isString(side.type) && isString(plain) ? side : coerce(side, plain, this.context),
    );
    return this.call(operator, sides, span);
  }

  /** A column; `PI` without parentheses is the number where no column has the name. */
  #column(node: ColumnRef): Expr {
    const [only] = node.parts;
    const mayBePi = node.parts.length === 1 && only?.quoted === false && only.name.toUpperCase() === 'PI';
    if (!mayBePi) return bindColumn(node, this.names, this);
    try {
      return bindColumn(node, this.names, this);
    } catch (error) {
      if (error instanceof PlanError && error.code === 'PLAN_UNKNOWN_COLUMN') return this.call('PI', [], node.span);
      throw error;
    }
  }

  #unary(operator: '-' | '+', operand: Expression, span: Span): Expr {
    if (operand.kind === 'number') return bindNumber(operand, span, operator === '-');
    const arg = this.bind(operand);
    if (operator === '+') return arg;
    if (arg.type.kind === 'null') return arg;
    return this.call('NEGATE', [arg], span);
  }

  #chain(operator: 'AND' | 'OR' | '+' | '||', operands: readonly Expression[], span: Span): Expr {
    const args = operands.map((one) => this.bind(one));
    if (operator === 'AND' || operator === 'OR') {
      const kind = operator === 'AND' ? 'and' : 'or';
      return { kind, args: args.map((one) => condition(one, operator)), type: BOOLEAN, span };
    }
    if (operator === '||') return this.#concat(args, span);
    if (args.length > maxTerms) {
      throw new PlanError('PLAN_UNSUPPORTED', `a sum of more than ${maxTerms} terms is not supported`, {
        span,
        hint: 'Group the terms with parentheses.',
      });
    }
    return args.reduce((left, right) => this.#pair(operator, left, right, span));
  }

  /** Balanced, so that a long chain does not become a deep tree; `||` does not mind. */
  #concat(args: readonly Expr[], span: Span): Expr {
    if (args.length === 1) return args[0]!;
    const middle = Math.ceil(args.length / 2);
    return this.#pair('||', this.#concat(args.slice(0, middle), span), this.#concat(args.slice(middle), span), span);
  }

  #pair(operator: string, left: Expr, right: Expr, span: Span): Expr {
    const place = { start: left.span?.start ?? span.start, end: right.span?.end ?? span.end };
    return this.call(operator, [left, right], place);
  }

  #is(node: IsExpression): Expr {
    const arg = this.bind(node.operand);
    const { span, negated } = node;
    switch (node.test) {
      case 'null':
        return { kind: negated ? 'is-not-null' : 'is-null', arg, type: BOOLEAN, span };
      case 'unknown':
        return {
          kind: negated ? 'is-not-null' : 'is-null',
          arg: condition(arg, 'IS UNKNOWN'),
          type: BOOLEAN,
          span,
        };
      case 'true':
      case 'false': {
        const value = condition(arg, `IS ${node.test.toUpperCase()}`);
        const when = node.test === 'true' ? value : not(value, span);
        return {
          kind: 'case',
          whens: [{ when, then: truth(!negated, span) }],
          otherwise: truth(negated, span),
          type: BOOLEAN,
          span,
        };
      }
      default: {
        const test = this.call(`IS ${node.test.toUpperCase().replace('-', ' ')}`, [arg], span);
        return negated ? not(test, span) : test;
      }
    }
  }

  #isDistinct(left: Expression, right: Expression, negated: boolean, span: Span): Expr {
    const a = this.bind(left);
    const b = this.bind(right);
    const unequal = this.compare('<>', a, b, span);
    // A text that is no number, date or time compares as NULL, and is distinct from each.
    const mayBeBad = isString(a.type) !== isString(b.type) && a.type.kind !== 'null' && b.type.kind !== 'null';
    const distinct: Expr = {
      kind: 'case',
      whens: [
        {
          when: { kind: 'is-null', arg: a, type: BOOLEAN, span },
          then: { kind: 'is-not-null', arg: b, type: BOOLEAN, span },
        },
        { when: { kind: 'is-null', arg: b, type: BOOLEAN, span }, then: truth(true, span) },
      ],
      otherwise: mayBeBad ? this.call('IS NOT FALSE', [unequal], span) : unequal,
      type: BOOLEAN,
      span,
    };
    return negated ? not(distinct, span) : distinct;
  }

  #between(node: BetweenExpression): Expr {
    const { span } = node;
    const arg = this.bind(node.operand);
    const low = this.bind(node.low);
    const high = this.bind(node.high);
    const inside = (from: Expr, to: Expr): Expr => ({
      kind: 'and',
      args: [this.compare('>=', arg, from, span), this.compare('<=', arg, to, span)],
      type: BOOLEAN,
      span,
    });
    const found: Expr = node.symmetric
      ? { kind: 'or', args: [inside(low, high), inside(high, low)], type: BOOLEAN, span }
      : inside(low, high);
    return node.negated ? not(found, span) : found;
  }

  #inList(node: InListExpression): Expr {
    const { span } = node;
    if (node.operand.kind === 'row') {
      const found = bindRowIn(node.operand, node, this);
      return node.negated ? not(found, span) : found;
    }
    const arg = this.bind(node.operand);
    const items = node.items.map((item) => this.bind(item));
    const type = commonType([arg.type, ...items.map((one) => one.type)], 'compare');
    const values = type === undefined || isNested(type) ? undefined : this.#constants(items, type);
    const found: Expr =
      type !== undefined && values !== undefined
        ? {
            kind: 'in',
            arg: isString(type) ? coerceText(arg, type, this) : coerce(arg, type, this.context),
            values: values.filter((one) => one.value !== null),
            hasNull: values.some((one) => one.value === null),
            type: BOOLEAN,
            span,
          }
        : { kind: 'or', args: items.map((item) => this.compare('=', arg, item, span)), type: BOOLEAN, span };
    return node.negated ? not(found, span) : found;
  }

  /** The items as constants of one type, or undefined when one of them is none. */
  #constants(items: readonly Expr[], type: SqlType): readonly LiteralExpr[] | undefined {
    const target = isString(type) ? VARCHAR : type;
    const values = items.map((item) => fold(coerce(item, target, this.context)));
    return values.every((one) => one.kind === 'literal') ? values : undefined;
  }

  #like(node: LikeExpression): Expr {
    const name = node.form === 'like' ? 'LIKE' : 'SIMILAR TO';
    const parts = [node.operand, node.pattern, ...(node.escape === undefined ? [] : [node.escape])];
    const found = this.call(
      name,
      parts.map((part) => this.bind(part)),
      node.span,
    );
    return node.negated ? not(found, node.span) : found;
  }

  #case(node: CaseExpression): Expr {
    const { span } = node;
    const operand = node.operand === undefined ? undefined : this.bind(node.operand);
    const whens = node.branches.map(({ when, then }) => ({
      when:
        operand === undefined
          ? condition(this.bind(when), 'WHEN')
          : this.compare('=', operand, this.bind(when), when.span),
      then: this.bind(then),
    }));
    const otherwise: Expr =
      node.otherwise === undefined
        ? { kind: 'literal', value: null, type: { kind: 'null' }, span }
        : this.bind(node.otherwise);
    const branches = this.unify([...whens.map((one) => one.then), otherwise], 'the branches of CASE', span);
    return {
      kind: 'case',
      whens: whens.map((one, i) => ({ when: one.when, then: branches[i]! })),
      otherwise: branches[whens.length]!,
      type: branches[0]!.type,
      span,
    };
  }

  // CHAR literals of different length are padded under Blink (blink-sql 2.1).
  unify(exprs: readonly Expr[], what: string, span: Span): readonly Expr[] {
    const types = exprs.map((one) => one.type);
    const common = commonType(types, 'values');
    if (common === undefined) {
      throw new PlanError('PLAN_TYPE', `${what} have no common type: ${types.map(typeName).join(', ')}`, {
        span,
        hint: 'Write a CAST so that they agree.',
      });
    }
    if (common.kind === 'char' && !types.every((one) => one.kind === 'null' || sameType(one, common))) {
      if (this.context.call.compatibility === 'blink' && common.length !== undefined) {
        const { length } = common;
        return exprs.map((one) =>
          one.kind === 'literal' ? padLiteral(one, length, common) : coerce(one, common, this.context),
        );
      }
      return exprs.map((one) => coerce(one, VARCHAR, this.context));
    }
    return exprs.map((one) => coerce(one, common, this.context));
  }

  #cast(node: CastExpression): Expr {
    const arg = this.bind(node.operand);
    const type = typeFromName(node.type, 'cast');
    const done = convert(arg, type, { mode: node.safe ? 'try' : 'cast', context: this.context, span: node.span });
    if (done !== undefined) return { ...done, span: node.span };
    throw new PlanError('PLAN_TYPE', `${typeName(arg.type)} cannot be cast to ${typeName(type)}`, { span: node.span });
  }
}

function coerceText(arg: Expr, type: SqlType, binder: Binder): Expr {
  return isString(arg.type) ? arg : coerce(arg, type, binder.context);
}

export function not(arg: Expr, span: Span | undefined): Expr {
  return { kind: 'not', arg, type: BOOLEAN, span };
}

function truth(value: boolean, span: Span): LiteralExpr {
  return { kind: 'literal', value, type: BOOLEAN, span };
}
