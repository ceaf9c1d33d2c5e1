import type { Expr } from '../../contracts/expression.ts';
import { textLiteral } from '../../contracts/literal.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { suggest } from '../../errors/suggest.ts';
import type {
  ArrayExpression,
  ColumnRef,
  FieldExpression,
  Identifier,
  InListExpression,
  ItemExpression,
  MapExpression,
  RowExpression,
} from '../../parser/ast/expression.ts';
import { BOOLEAN, typeName, varchar } from '../../types/sql-type.ts';
import { placeLength } from '../simple-name.ts';
import type { Binder } from './binder.ts';
import type { Names } from './scope.ts';

/** Constructors of nested values and what takes a part of one. */
export function bindNested(
  node: RowExpression | ArrayExpression | MapExpression | ItemExpression | FieldExpression,
  binder: Binder,
): Expr {
  const { span } = node;
  switch (node.kind) {
    case 'row':
      return binder.call(
        'ROW',
        node.items.map((one) => binder.bind(one)),
        span,
      );
    case 'array':
      return binder.call(
        'ARRAY',
        node.items.map((one) => binder.bind(one)),
        span,
      );
    case 'map': {
      const parts = node.entries.flatMap(({ key, value }) => [binder.bind(key), binder.bind(value)]);
      return binder.call('MAP', parts, span);
    }
    case 'item':
      return binder.call('[]', [binder.bind(node.operand), binder.bind(node.index)], span);
    case 'field':
      return fieldOf(binder.bind(node.operand), node.field, binder, span);
  }
}

/** `column`, `table.column`, and fields of a ROW behind either. A table of a name wins over a column of that name. */
export function bindColumn(ref: ColumnRef, names: Names, binder: Binder): Expr {
  const { parts } = ref;
  if (parts.length < 2) return names.column(ref);
  const qualified = head(ref, 2);
  let failure: unknown;
  try {
    return parts.slice(2).reduce((row, name) => fieldOf(row, name, binder, ref.span), names.column(qualified));
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    failure = error;
  }
  const row = rowColumn(head(ref, 1), names);
  const place = placeLength(parts);
  if (row === undefined && place > 0) return bindColumn({ ...ref, parts: parts.slice(place) }, names, binder);
  if (row === undefined) throw failure;
  return parts.slice(1).reduce((inner, name) => fieldOf(inner, name, binder, ref.span), row);
}

function head(ref: ColumnRef, count: number): ColumnRef {
  const parts = ref.parts.slice(0, count);
  return { ...ref, parts, span: { start: ref.span.start, end: parts.at(-1)?.span.end ?? ref.span.end } };
}

/** A column that has fields; undefined where there is none of the name, or of another type. */
function rowColumn(ref: ColumnRef, names: Names): Expr | undefined {
  try {
    const column = names.column(ref);
    return column.type.kind === 'row' ? column : undefined;
  } catch (error) {
    if (error instanceof PlanError) return undefined;
    throw error;
  }
}

/** @throws PlanError PLAN_TYPE where the value has no fields, PLAN_UNKNOWN_COLUMN where it has none of the name */
function fieldOf(row: Expr, name: Identifier, binder: Binder, span: Span): Expr {
  if (row.type.kind !== 'row') {
    throw new PlanError('PLAN_TYPE', `${typeName(row.type)} has no field "${name.name}"`, {
      span: name.span,
      hint: 'Only a ROW has fields; take an element of an ARRAY or a MAP by [].',
    });
  }
  const known = row.type.fields.map((one) => one.name);
  const declared = known.find((one) => one === name.name) ?? known.find((one) => sameName(one, name.name));
  if (declared === undefined) {
    const close = suggest(name.name, known);
    const all = `Fields: ${known.join(', ')}.`;
    throw new PlanError('PLAN_UNKNOWN_COLUMN', `field "${name.name}" does not exist in ${typeName(row.type)}`, {
      span: name.span,
      hint: close === undefined ? all : `Did you mean "${close}"?  ${all}`,
    });
  }
  return binder.call('.', [row, textLiteral(declared, varchar(), name.span)], span);
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The fields that `r.*` stands for, where the qualifier is a ROW; undefined where it names a table. */
export function bindRowStar(
  qualifier: readonly Identifier[],
  place: { readonly names: Names; readonly binder: Binder; readonly span: Span },
): readonly { readonly name: string; readonly expr: Expr }[] | undefined {
  const { names, binder, span } = place;
  const ref: ColumnRef = { kind: 'column-ref', parts: qualifier, span };
  let row: Expr;
  try {
    row = bindColumn(ref, names, binder);
  } catch (error) {
    if (error instanceof PlanError) return undefined;
    throw error;
  }
  if (row.type.kind !== 'row') return undefined;
  return row.type.fields.map(({ name }) => ({
    name,
    expr: fieldOf(row, { kind: 'identifier', name, quoted: true, span }, binder, span),
  }));
}

/** `(a, b) IN ((1, 2), (3, 4))`: field by field, so that a NULL makes the answer unknown and not FALSE. */
export function bindRowIn(operand: RowExpression, node: InListExpression, binder: Binder): Expr {
  const { span } = node;
  const left = operand.items.map((one) => binder.bind(one));
  const args = node.items.map((item): Expr => {
    if (item.kind !== 'row' || item.items.length !== left.length) {
      throw new PlanError('PLAN_TYPE', `IN compares ${left.length} values with another number of them`, {
        span: item.span,
        hint: `Write ${left.length} values in parentheses.`,
      });
    }
    const equal = item.items.map((one, i) => binder.compare('=', left[i]!, binder.bind(one), item.span));
    return equal.length === 1 ? equal[0]! : { kind: 'and', args: equal, type: BOOLEAN, span: item.span };
  });
  return args.length === 1 ? args[0]! : { kind: 'or', args, type: BOOLEAN, span };
}
