import type { Expr } from '../../contracts/expression.ts';
import type { Span } from '../../errors/span.ts';
import type { CatalogTable, TimeAttribute } from '../catalog-table.ts';
import type { FilterNode, LogicalField, LogicalNode, ProjectNode, ScanNode } from './plan.ts';

/** All columns of a table, in declaration order. */
export function scan(table: CatalogTable, span: Span | undefined): ScanNode {
  return {
    kind: 'scan',
    table,
    outputs: table.columns.map((column) => column.expr),
    pushed: [],
    schema: {
      fields: table.columns.map((column) => ({
        name: column.name,
        type: column.type,
        nullable: column.nullable,
        time: column.time,
      })),
    },
    span,
  };
}

export function filter(input: LogicalNode, condition: Expr, span?: Span): FilterNode {
  return { kind: 'filter', input, condition, schema: input.schema, span };
}

/** @param names one for each expression */
export function project(
  input: LogicalNode,
  exprs: readonly Expr[],
  names: readonly string[],
  span?: Span,
): ProjectNode {
  const fields = exprs.map((expr, i) => fieldOf(expr, names[i]!, input.schema.fields));
  return { kind: 'project', input, exprs, schema: { fields }, span };
}

/** A bare column stays a time attribute; anything computed from one does not (except PROCTIME() itself). */
export function timeOf(expr: Expr, input: readonly LogicalField[]): TimeAttribute | undefined {
  if (expr.kind === 'column') return input[expr.index]?.time;
  return expr.kind === 'call' && expr.name === 'PROCTIME' ? 'proctime' : undefined;
}

function fieldOf(expr: Expr, name: string, input: readonly LogicalField[]): LogicalField {
  const window = expr.kind === 'column' ? input[expr.index]?.window : undefined;
  const field = { name, type: expr.type, nullable: mayBeNull(expr, input), time: timeOf(expr, input) };
  return window === undefined ? field : { ...field, window };
}

/** False only where it is certain. */
export function mayBeNull(expr: Expr, input: readonly LogicalField[]): boolean {
  switch (expr.kind) {
    case 'column':
      return input[expr.index]?.nullable ?? true;
    case 'literal':
      return expr.value === null;
    case 'is-null':
    case 'is-not-null':
      return false;
    case 'call':
      return expr.impl.nulls === 'custom' || expr.impl.mayReturnNull || expr.args.some((arg) => mayBeNull(arg, input));
    default:
      return true;
  }
}

/** The same columns under other names. */
export function renameColumns(input: LogicalNode, names: readonly string[]): LogicalNode {
  if (names.every((name, i) => name === input.schema.fields[i]?.name)) return input;
  return project(input, columnsOf(input), names, input.span);
}

/** Every column of a node as an expression. */
export function columnsOf(input: LogicalNode): readonly Expr[] {
  return input.schema.fields.map((field, index) => ({ kind: 'column', index, name: field.name, type: field.type }));
}

/** Names made unique as Calcite does: `id`, `id0`, `id1`. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let i = 0; taken.has(unique); i++) unique = `${name}${i}`;
    taken.add(unique);
    return unique;
  });
}
