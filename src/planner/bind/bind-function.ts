import type { Expr } from '../../contracts/expression.ts';
import { textLiteral } from '../../contracts/literal.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { FunctionArgument, FunctionCall } from '../../parser/ast/expression.ts';
import { BOOLEAN, isNested, typeName, varchar } from '../../types/sql-type.ts';
import { typeFromName } from '../type-from-name.ts';
import { type Binder } from './binder.ts';
import { convert } from './coerce.ts';
import { isOverFunction } from './over-name.ts';
import { resolveScalar, unknownFunction } from './resolve-scalar.ts';
import { windowAuxiliary, windowKind } from './window-call.ts';

/** A call outside every aggregation: scalar functions, and what is said about the others. */
export function bindFunctionCall(call: FunctionCall, binder: Binder): Expr {
  const name = functionName(call);
  const { functions } = binder.context;
  if (call.over !== undefined) throw strayOver(call);
  if (isOverFunction(name)) throw withoutOver(name, call);
  if (windowAuxiliary(name) !== undefined || windowKind(name) !== undefined) throw strayWindow(name, call);
  if (name.toUpperCase() === 'CUMULATE') throw strayCumulate(call);
  if (functions.scalar(name) === undefined && functions.aggregate(name) !== undefined) {
    throw new PlanError('PLAN_GROUPING', `aggregate function "${name.toUpperCase()}" is not allowed here`, {
      span: call.span,
      hint: 'Aggregates stand in SELECT, HAVING and ORDER BY; filter their results with HAVING or in an outer query.',
    });
  }
  if (functions.scalar(name) === undefined && functions.table(name) !== undefined) {
    throw new PlanError('PLAN_ARGUMENTS', `table function "${name.toUpperCase()}" is not allowed here`, {
      span: call.span,
      hint: `It stands in FROM: … , LATERAL TABLE(${name.toUpperCase()}(…)) AS t (a).`,
    });
  }
  if (call.distinct || call.filter !== undefined || call.withinGroup.length > 0) {
    throw new PlanError('PLAN_ARGUMENTS', `function "${name.toUpperCase()}" is no aggregate`, {
      span: call.span,
      hint: 'DISTINCT, FILTER and WITHIN GROUP belong to aggregate functions.',
    });
  }
  const special = bindSpecial(name.toUpperCase(), call, binder);
  if (special !== undefined) return special;
  const args = call.args.map((arg) => bindArgument(arg, binder));
  return resolveScalar(name, args, {
    context: binder.context,
    span: call.span,
    nameSpan: call.name.at(-1)?.span ?? call.span,
  });
}

/** The name of a call; functions have names of one part. */
export function functionName(call: FunctionCall): string {
  return call.name.map((one) => one.name).join('.');
}

export function bindArgument(arg: FunctionArgument, binder: Binder): Expr {
  switch (arg.kind) {
    case 'symbol':
      return textLiteral(arg.name, varchar(arg.name.length), arg.span);
    case 'star':
      throw new PlanError('PLAN_ARGUMENTS', '* is an argument of COUNT only', { span: arg.span });
    case 'table-argument':
    case 'descriptor':
    case 'named-argument':
      throw new PlanError('PLAN_ARGUMENTS', 'this argument belongs to a table function', { span: arg.span });
    case 'type-argument':
      // A function sees the type of RETURNING as that of an argument which is NULL.
      return { kind: 'literal', value: null, type: typeFromName(arg.type, 'cast'), span: arg.span };
    default:
      return binder.bind(arg);
  }
}

/** Forms that have no function of their own in the catalog. */
function bindSpecial(name: string, call: FunctionCall, binder: Binder): Expr | undefined {
  const { functions } = binder.context;
  const [first] = call.args;
  if (name === 'TRIM' && first?.kind === 'symbol') {
    const [chars, text] = call.args.slice(1).map((arg) => bindArgument(arg, binder));
    const blank = call.args[1]?.kind === 'string' && call.args[1].value === ' ';
    if (text === undefined || chars === undefined) return undefined;
    const args = blank ? [text] : [text, chars];
    const target = first.name === 'LEADING' ? 'LTRIM' : first.name === 'TRAILING' ? 'RTRIM' : 'TRIM';
    return binder.call(target, args, call.span);
  }
  if (name === 'JSON_VALUE') return bindJsonValueReturning(call, binder);
  if (name === 'NULLIF' && call.args.length === 2) return bindNullIf(call, binder);
  if (functions.scalar(name) !== undefined) return undefined;
  const args = call.args.map((arg) => bindArgument(arg, binder));
  const { span } = call;
  if (name === 'COALESCE' && args.length > 0) {
    const values = binder.unify(args, 'the arguments of COALESCE', span);
    return {
      kind: 'case',
      whens: values
        .slice(0, -1)
        .map((value) => ({ when: { kind: 'is-not-null', arg: value, type: BOOLEAN }, then: value })),
      otherwise: values[values.length - 1]!,
      type: values[0]!.type,
      span,
    };
  }
  if (call.name.length > 1) throw unknownFunction(functionName(call), span, binder.context);
  return undefined;
}

/** `NULLIF(a, b)` is of the type of `a`, whatever both are compared as. */
function bindNullIf(call: FunctionCall, binder: Binder): Expr {
  const [left, right] = call.args.map((arg) => bindArgument(arg, binder)) as [Expr, Expr];
  const { span } = call;
  const then = { kind: 'literal', value: null, type: left.type } as const;
  const when = binder.compare('=', left, right, span);
  return { kind: 'case', whens: [{ when, then }], otherwise: left, type: left.type, span };
}

/** `JSON_VALUE(x, path RETURNING INT)`: its text as that type, NULL where it is none. */
function bindJsonValueReturning(call: FunctionCall, binder: Binder): Expr | undefined {
  const at = call.args.findIndex((arg) => arg.kind === 'symbol' && arg.name === 'RETURNING');
  const wanted = call.args[at + 1];
  if (at < 0 || wanted?.kind !== 'type-argument') return undefined;
  const rest = call.args.filter((_, i) => i !== at && i !== at + 1);
  // Like every clause RETURNING asks for the form of the SQL standard.
  if (rest.length === 2) rest.push({ kind: 'symbol', name: 'NULL ON EMPTY', span: call.span });
  const text = binder.call(
    'JSON_VALUE',
    rest.map((arg) => bindArgument(arg, binder)),
    call.span,
  );
  const type = typeFromName(wanted.type, 'cast');
  const done = convert(text, type, { mode: 'try', context: binder.context, span: call.span });
  if (done !== undefined && !isNested(type)) return done;
  throw new PlanError('PLAN_TYPE', `JSON_VALUE does not return ${typeName(type)}`, {
    span: wanted.span,
    hint: 'JSON_QUERY returns arrays.',
  });
}

function strayOver({ over, span }: FunctionCall): PlanError {
  return new PlanError('PLAN_OVER', 'OVER is not allowed here', {
    span: over?.span ?? span,
    hint: 'Calls with OVER stand in SELECT and ORDER BY; filter their results in an outer query: SELECT * FROM (SELECT *, ROW_NUMBER() OVER (…) AS rn FROM t) WHERE rn <= 10.',
  });
}

function withoutOver(name: string, call: FunctionCall): PlanError {
  return new PlanError('PLAN_OVER', `function "${name.toUpperCase()}" needs OVER (…)`, {
    span: call.span,
    hint: `Write ${name.toUpperCase()}(…) OVER (PARTITION BY … ORDER BY …).`,
  });
}

function strayCumulate(call: FunctionCall): PlanError {
  return new PlanError('PLAN_WINDOW', 'window "CUMULATE" is a table function', {
    span: call.span,
    hint: 'Write FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), step, size)) GROUP BY window_start, window_end.',
  });
}

function strayWindow(name: string, call: FunctionCall): PlanError {
  const upper = name.toUpperCase();
  const auxiliary = windowAuxiliary(name);
  return auxiliary === undefined
    ? new PlanError('PLAN_WINDOW', `window "${upper}" stands outside GROUP BY`, {
        span: call.span,
        hint: `Write GROUP BY ${upper}(…), and ${upper}_START(…) in SELECT for the begin of the window.`,
      })
    : new PlanError('PLAN_WINDOW', `"${upper}" needs a window in GROUP BY`, {
        span: call.span,
        hint: `Write GROUP BY ${auxiliary.window.toUpperCase()}(…) with the same arguments; it stands in SELECT, HAVING and ORDER BY only.`,
      });
}
