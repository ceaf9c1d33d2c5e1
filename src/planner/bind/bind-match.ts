import type { Expr } from '../../contracts/expression.ts';
import { fold } from '../../expr/fold.ts';
import type { MatchMeasure, MatchRecognize } from '../../parser/ast/match-recognize.ts';
import { BIGINT } from '../../types/sql-type.ts';
import { collectColumns, conjunction, conjunctsOf, replaceColumns } from '../expr-tree.ts';
import { timeOf } from '../logical/build.ts';
import type { LogicalField, LogicalNode } from '../logical/plan.ts';
import {
  ANY_VARIABLE,
  type MatchColumn,
  type MatchElement,
  type MatchSkipTo,
  type MatchSpan,
  type MatchSpec,
  type MatchVariable,
} from '../physical/match-plan.ts';
import type { SortKey } from '../physical/plan.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import type { BoundFrom } from './bind-from.ts';
import { coerce, condition } from './coerce.ts';
import { MatchBinder } from './match-expression.ts';
import { notInFlink, patternError } from './match-error.ts';
import { MatchInput } from './match-input.ts';
import { bindPattern, variableNames } from './match-pattern.ts';
import { sortKey } from './query-tail.ts';
import type { Names } from './scope.ts';

/**
 * `t MATCH_RECOGNIZE ( … )`.
 * @throws PlanError PLAN_PATTERN and what binding its expressions throws
 */
export function bindMatch(node: MatchRecognize, from: BoundFrom, context: BindContext): LogicalNode {
  const flink = context.call.compatibility === 'flink';
  const variables = variableNames(node.pattern);
  const input = new MatchInput(from.plan, from.tables, withSubsets(node, variables, flink));
  const pattern = bindPattern(node, input, flink);
  if (flink && node.allRows)
    throw notInFlink('ALL ROWS PER MATCH', node.span, 'Write ONE ROW PER MATCH with measures.');
  if (flink && node.timeoutRows) throw notInFlink('WITH TIMEOUT ROWS', node.span);
  const partition = node.partitionBy.map((item) => {
    const expr = item.kind === 'column-ref' ? input.scope.column(item) : undefined;
    if (expr?.kind === 'column') return input.place(expr);
    throw patternError('PARTITION BY of MATCH_RECOGNIZE takes columns', item.span, 'Compute it in a sub-query.');
  });
  const ordered = bindOrder(node, input, from.plan.schema.fields, context);
  const spec: MatchSpec = {
    partition,
    ...ordered,
    variables: bindDefine(node, input, context),
    ...pattern,
    skip: bindSkip(node, input, pattern.pattern),
    within: bindWithin(node, input, pattern.pattern, context),
    timeoutRows: node.timeoutRows,
    allRows: node.allRows,
    output: { columns: [], exprs: [] },
  };
  if (spec.timeoutRows && spec.within === undefined) {
    throw patternError('WITH TIMEOUT ROWS needs WITHIN', node.span, "Write PATTERN ( … ) WITHIN INTERVAL '10' MINUTE.");
  }
  return withOutput(node, spec, { input, from, context });
}

/** The variables of the pattern, and behind them the names of several of them. */
function withSubsets(node: MatchRecognize, variables: readonly string[], flink: boolean): readonly string[] {
  const names = [...variables];
  for (const { name } of node.subsets) {
    if (flink) throw notInFlink('SUBSET', name.span);
    if (names.some((one) => one.toLowerCase() === name.name.toLowerCase())) {
      throw patternError(`"${name.name}" names a variable already`, name.span);
    }
    names.push(name.name);
  }
  return names;
}

/** Partition columns, or for ALL ROWS every column of the table; then the measures. */
function withOutput(
  node: MatchRecognize,
  spec: MatchSpec,
  { input, from, context }: { input: MatchInput; from: BoundFrom; context: BindContext },
): LogicalNode {
  const columns: MatchColumn[] = [];
  const exprs: Expr[] = [];
  const fields: LogicalField[] = [];
  const take = (binder: MatchBinder, expr: Expr, field: LogicalField): void => {
    const at = columns.length;
    columns.push(...binder.columns);
    exprs.push(replaceColumns(expr, (index, name) => ({ ...columnOf(columns, at + index), name })));
    fields.push(field);
  };
  const passed: readonly Expr[] = node.allRows
    ? input.scope.star().map((one) => one.expr)
    : spec.partition.map((column) => input.exprAt(column));
  for (const expr of passed) {
    const binder = new MatchBinder(input, context, { clause: 'MEASURES', final: false });
    const cell = binder.cell({ variable: ANY_VARIABLE, from: 'last', offset: 0, back: 0 }, expr, node.span);
    const field = expr.kind === 'column' ? from.plan.schema.fields[expr.index] : undefined;
    const name = expr.kind === 'column' ? expr.name : '';
    take(binder, cell, { name, type: expr.type, nullable: field?.nullable ?? true });
  }
  for (const measure of node.measures) {
    const binder = new MatchBinder(input, context, { clause: 'MEASURES', final: isFinal(measure, node) });
    const expr = binder.bind(measure.expression);
    take(binder, expr, {
      name: measure.name.name,
      type: expr.type,
      nullable: true,
      time: timeOfMeasure(measure, expr),
    });
  }
  if (fields.length === 0) {
    throw patternError('MATCH_RECOGNIZE gives no column', node.span, 'Write MEASURES A.x AS name.');
  }
  const plan = input.build();
  return {
    kind: 'match',
    input: plan,
    spec: { ...spec, output: { columns, exprs } },
    schema: { fields },
    span: node.span,
  };
}

function columnOf(columns: readonly MatchColumn[], index: number): Expr {
  const column = columns[index]!;
  const type = column.kind === 'aggregate' ? column.call.type : column.type;
  return { kind: 'column', index, name: '', type };
}

/** With one row a match every measure is seen from its last row. */
function isFinal(measure: MatchMeasure, node: MatchRecognize): boolean {
  return !node.allRows || measure.semantics === 'final';
}

/** MATCH_ROWTIME() is the one event time that goes on behind a match. */
function timeOfMeasure(measure: MatchMeasure, expr: Expr): LogicalField['time'] {
  const call = measure.expression.kind === 'function-call' ? measure.expression.name.at(-1)?.name.toUpperCase() : '';
  if (call === 'MATCH_ROWTIME' && expr.kind === 'column') return 'rowtime';
  return call === 'MATCH_PROCTIME' ? 'proctime' : undefined;
}

function bindOrder(
  node: MatchRecognize,
  input: MatchInput,
  fields: readonly LogicalField[],
  context: BindContext,
): Pick<MatchSpec, 'time' | 'timeColumn' | 'order'> {
  const [first, ...rest] = node.orderBy;
  const hint =
    'The first column is the one of a WATERMARK, or a processing time such as p AS PROCTIME(): ORDER BY ts, other columns.';
  if (first === undefined) throw patternError('MATCH_RECOGNIZE needs ORDER BY', node.span, hint);
  const binder = new ExpressionBinder(input.scope, context);
  const expr = binder.bind(first.expression);
  const time = timeOf(expr, fields);
  if (time === undefined)
    throw patternError('ORDER BY of MATCH_RECOGNIZE does not begin with a time attribute', first.span, hint);
  if (first.descending) {
    throw patternError('the time attribute of MATCH_RECOGNIZE is ordered ascending', first.span, 'Leave DESC out.');
  }
  if (time === 'rowtime') input.rowtime = expr;
  const order = rest.map((item): SortKey => sortKey(item, input.place(binder.bind(item.expression))));
  return { time, timeColumn: time === 'rowtime' ? input.place(expr) : -1, order };
}

function bindDefine(node: MatchRecognize, input: MatchInput, context: BindContext): readonly MatchVariable[] {
  const bound = new Map<number, MatchVariable>();
  const patternVariables = input.variables.length - node.subsets.length;
  for (const { variable, condition: given } of node.define) {
    const index = input.find(variable);
    if (index < 0) throw input.unknown(variable);
    if (index >= patternVariables) {
      throw patternError(`"${variable.name}" is a SUBSET and has no condition`, variable.span, 'Define its variables.');
    }
    if (bound.has(index)) throw patternError(`variable "${variable.name}" is defined twice`, variable.span);
    const binder = new MatchBinder(input, context, { clause: 'DEFINE', final: false });
    const expr = condition(binder.bind(given), 'DEFINE');
    const isLocal = (one: Expr): boolean =>
      [...collectColumns(one, new Set())].every((column) => isOwnRow(binder.columns[column]!, index));
    const parts = conjunctsOf(expr);
    const local = conjunction(parts.filter(isLocal).map((one) => overInput(one, binder.columns, input)));
    const rest = conjunction(parts.filter((one) => !isLocal(one)));
    bound.set(index, {
      name: input.variables[index]!,
      local: local === undefined ? undefined : input.place(local),
      rest: rest && { columns: binder.columns, exprs: [rest] },
    });
  }
  return input.variables.map((name, i): MatchVariable => {
    const members = node.subsets[i - patternVariables]?.variables.map((one) => {
      const member = input.find(one);
      if (member >= 0 && member < patternVariables) return member;
      throw input.unknown(one);
    });
    return bound.get(i) ?? { name, local: undefined, rest: undefined, ...(members && { members }) };
  });
}

/** Whether it is a cell of the row that is tried as `variable`. */
function isOwnRow(column: MatchColumn, variable: number): boolean {
  if (column.kind !== 'cell') return false;
  const { anchor } = column;
  const own = anchor.variable === ANY_VARIABLE || anchor.variable === variable;
  return own && anchor.from === 'last' && anchor.offset === 0 && anchor.back === 0;
}

function overInput(expr: Expr, columns: readonly MatchColumn[], input: MatchInput): Expr {
  return replaceColumns(expr, (index) => {
    const column = columns[index]!;
    return column.kind === 'cell' ? input.exprAt(column.column) : expr;
  });
}

function bindSkip(node: MatchRecognize, input: MatchInput, pattern: readonly MatchElement[]): MatchSkipTo {
  const { skip } = node;
  // Without the clause Blink and Flink begin again at the next row, other than the standard.
  if (skip === undefined) return { kind: 'next-row', variable: ANY_VARIABLE };
  if (skip.variable === undefined) return { kind: skip.kind, variable: ANY_VARIABLE };
  const variable = input.find(skip.variable);
  if (variable < 0) throw input.unknown(skip.variable);
  const [first] = pattern;
  const single = first?.variable === variable && first.least >= 1;
  if (
    single &&
    (skip.kind === 'to-first' || first.most === 1) &&
    pattern.filter((one) => one.variable === variable).length === 1
  ) {
    throw patternError(
      'the next match would begin where the last one began',
      skip.span,
      'Skip to a later variable, or TO NEXT ROW.',
    );
  }
  return { kind: skip.kind, variable };
}

function bindWithin(
  node: MatchRecognize,
  input: MatchInput,
  pattern: readonly MatchElement[],
  context: BindContext,
): MatchSpan | undefined {
  if (node.within === undefined) return undefined;
  const { span } = node.within;
  const hint = "Write for example WITHIN INTERVAL '10' MINUTE.";
  const names: Names = {
    column: (ref) => {
      const { variable, expr } = input.column(ref);
      if (variable !== pattern[0]?.variable) {
        throw patternError('WITHIN takes columns of the first variable of the pattern', ref.span, hint);
      }
      return expr;
    },
  };
  const value = fold(new ExpressionBinder(names, context).bind(node.within));
  if (node.within.kind === 'interval') {
    if (value.kind === 'literal' && value.type.kind === 'interval-day' && Number(value.value) > 0) {
      return { kind: 'fixed', ms: Number(value.value) };
    }
    throw patternError('WITHIN takes an interval of days to seconds', span, hint);
  }
  if (context.call.compatibility === 'flink') throw notInFlink('WITHIN with an expression', span, hint);
  if (!['tinyint', 'smallint', 'int', 'bigint'].includes(value.type.kind)) {
    throw patternError('WITHIN takes an interval or a whole number of milliseconds', span, hint);
  }
  return { kind: 'column', column: input.place(coerce(value, BIGINT, context)) };
}
