import { fold } from '../../expr/fold.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import { suggest } from '../../errors/suggest.ts';
import type { Span } from '../../errors/span.ts';
import type { DescriptorArgument, Expression, FunctionArgument, FunctionCall } from '../../parser/ast/expression.ts';
import type { TableExpression } from '../../parser/ast/query.ts';
import { renameColumns, timeOf, uniqueNames } from '../logical/build.ts';
import type { LogicalNode } from '../logical/plan.ts';
import { windowTable } from '../logical/window.ts';
import type { AssignedWindow } from '../physical/plan.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import { functionName } from './bind-function.ts';
import { Scope } from './scope.ts';
import { checkSpec, noTimeAttribute } from './window-call.ts';

type WindowFunction = 'TUMBLE' | 'HOP' | 'CUMULATE' | 'SESSION';

const parameters: Readonly<Record<WindowFunction, readonly string[]>> = {
  TUMBLE: ['DATA', 'TIMECOL', 'SIZE', 'OFFSET'],
  HOP: ['DATA', 'TIMECOL', 'SLIDE', 'SIZE', 'OFFSET'],
  CUMULATE: ['DATA', 'TIMECOL', 'STEP', 'SIZE', 'OFFSET'],
  SESSION: ['DATA', 'TIMECOL', 'GAP'],
};

/** `TUMBLE` of `TABLE(TUMBLE(TABLE t, …))`; undefined: another function. */
export function windowFunction(call: FunctionCall): WindowFunction | undefined {
  const name = functionName(call).toUpperCase();
  return name in parameters ? (name as WindowFunction) : undefined;
}

type BindTable = (table: TableExpression) => LogicalNode;

/**
 * A window table function: the columns of its table, then window_start, window_end and window_time.
 * @throws PlanError PLAN_WINDOW, PLAN_ARGUMENTS
 */
export function bindWindowTable(
  name: WindowFunction,
  call: FunctionCall,
  { context, bindTable }: { readonly context: BindContext; readonly bindTable: BindTable },
): LogicalNode {
  const args = argumentsOf(name, call);
  const { table, partitionBy } = dataOf(name, args.get('DATA'), call);
  const given = bindTable(table);
  // The bounds of an earlier window give their names up to those of this one.
  const own = ['window_start', 'window_end', 'window_time'];
  const names = uniqueNames([...own, ...given.schema.fields.map((field) => field.name)]).slice(own.length);
  const input = renameColumns(given, names);
  const scope = new Scope([{ name: undefined, fields: given.schema.fields, from: 0 }]);
  const binder = new ExpressionBinder(scope, context);
  const time = descriptorOf(name, args.get('TIMECOL'), call);
  const column = binder.bind({ kind: 'column-ref', parts: time.columns, span: time.span });
  const attribute = timeOf(column, given.schema.fields);
  if (column.kind !== 'column' || attribute === undefined) throw noTimeAttribute(column, time.span);
  const length = (parameter: string): number | undefined => {
    const arg = args.get(parameter);
    if (arg === undefined) return undefined;
    return lengthOf(arg, parameter, { binder, form: formOf(name) });
  };
  const window = windowOf(name, length, call);
  checkSpec(window, call.span, 'table');
  if (partitionBy.length > 0 && name !== 'SESSION') {
    throw new PlanError('PLAN_WINDOW', `window "${name}" takes no PARTITION BY`, {
      span: partitionBy[0]?.span,
      hint: 'Its windows are the same for all keys: put the keys into GROUP BY.',
    });
  }
  const keys = partitionBy.map((one) => binder.bind(one));
  const partition = keys.map((key) => {
    if (key.kind === 'column') return key.index;
    throw new PlanError('PLAN_WINDOW', 'PARTITION BY of a window takes columns', { span: key.span });
  });
  return windowTable(input, {
    window,
    processingTime: attribute === 'proctime',
    timeColumn: column.index,
    partition,
    span: call.span,
  });
}

function windowOf(
  name: WindowFunction,
  length: (parameter: string) => number | undefined,
  call: FunctionCall,
): AssignedWindow {
  const needed = (parameter: string): number => {
    const ms = length(parameter);
    if (ms === undefined) throw wrongForm(name, call.span);
    return ms;
  };
  const place = (): { readonly offsetMs: number; readonly local: true } => ({
    offsetMs: length('OFFSET') ?? 0,
    local: true,
  });
  switch (name) {
    case 'TUMBLE':
      return { kind: 'tumble', sizeMs: needed('SIZE'), ...place() };
    case 'HOP':
      return { kind: 'hop', slideMs: needed('SLIDE'), sizeMs: needed('SIZE'), ...place() };
    case 'CUMULATE':
      return { kind: 'cumulate', stepMs: needed('STEP'), sizeMs: needed('SIZE'), ...place() };
    case 'SESSION':
      return { kind: 'session', gapMs: needed('GAP') };
  }
}

/** Arguments by the upper-case names of their parameters. */
function argumentsOf(name: WindowFunction, call: FunctionCall): ReadonlyMap<string, FunctionArgument> {
  const known = parameters[name];
  const args = new Map<string, FunctionArgument>();
  if (call.args.length > known.length) throw wrongForm(name, call.span);
  call.args.forEach((arg, i) => {
    const parameter = arg.kind === 'named-argument' ? arg.name.name.toUpperCase() : known[i]!;
    if (!known.includes(parameter)) {
      const close = suggest(parameter, known);
      throw new PlanError('PLAN_ARGUMENTS', `window "${name}" has no parameter "${parameter}"`, {
        span: arg.span,
        hint: close === undefined ? `It is called as ${formOf(name)}.` : `Did you mean "${close}"?`,
      });
    }
    if (args.has(parameter)) {
      throw new PlanError('PLAN_ARGUMENTS', `parameter "${parameter}" is given twice`, { span: arg.span });
    }
    args.set(parameter, arg.kind === 'named-argument' ? arg.value : arg);
  });
  return args;
}

function dataOf(
  name: WindowFunction,
  arg: FunctionArgument | undefined,
  call: FunctionCall,
): { readonly table: TableExpression; readonly partitionBy: readonly Expression[] } {
  if (arg?.kind === 'table-argument') {
    const { query, span, partitionBy } = arg;
    const table: TableExpression =
      query === undefined
        ? { kind: 'table-ref', name: arg.name, systemTime: undefined, alias: undefined, span }
        : { kind: 'derived-table', query, lateral: false, alias: undefined, span };
    return { table, partitionBy };
  }
  if (arg?.kind === 'subquery') {
    const table: TableExpression = {
      kind: 'derived-table',
      query: arg.query,
      lateral: false,
      alias: undefined,
      span: arg.span,
    };
    return { table, partitionBy: [] };
  }
  throw wrongForm(name, arg?.span ?? call.span);
}

function descriptorOf(name: WindowFunction, arg: FunctionArgument | undefined, call: FunctionCall): DescriptorArgument {
  if (arg?.kind !== 'descriptor') throw wrongForm(name, arg?.span ?? call.span);
  if (arg.columns.length === 1) return arg;
  throw new PlanError('PLAN_ARGUMENTS', 'the DESCRIPTOR of a window names one column', { span: arg.span });
}

function lengthOf(
  arg: FunctionArgument,
  parameter: string,
  { binder, form }: { readonly binder: ExpressionBinder; readonly form: string },
): number {
  if (!isExpression(arg)) throw new PlanError('PLAN_WINDOW', `${parameter} is an interval`, { span: arg.span });
  const size = fold(binder.bind(arg));
  if (size.kind === 'literal' && size.type.kind === 'interval-day' && typeof size.value === 'number') {
    if (parameter === 'OFFSET' || size.value > 0) return size.value;
  }
  const months = size.type.kind === 'interval-month';
  throw new PlanError('PLAN_WINDOW', 'the length of a window is a constant interval of days to seconds', {
    span: arg.span,
    hint: months
      ? "Months and years have no fixed length: write days, for example INTERVAL '30' DAY, or group by DATE_FORMAT(ts, 'yyyy-MM')."
      : `Write for example INTERVAL '1' MINUTE: ${form}.`,
  });
}

function isExpression(arg: FunctionArgument): arg is Expression {
  return !['star', 'symbol', 'type-argument', 'table-argument', 'descriptor', 'named-argument'].includes(arg.kind);
}

function formOf(name: WindowFunction): string {
  const lengths = parameters[name].slice(2).map((one) => (one === 'OFFSET' ? `[, ${one}]` : `, ${one}`));
  const table = name === 'SESSION' ? 'TABLE t [PARTITION BY k]' : 'TABLE t';
  return `${name}(${table}, DESCRIPTOR(ts)${lengths.join('').toLowerCase()})`;
}

function wrongForm(name: WindowFunction, span: Span): PlanError {
  return new PlanError('PLAN_WINDOW', `window "${name}" is called wrongly`, {
    span,
    hint: `It is called as ${formOf(name)}.`,
  });
}
