import { PlanError } from '../../errors/sluice-error.ts';
import type { CreateTable, PhysicalColumn, TableElement } from '../../parser/ast/create-table.ts';
import type { Identifier } from '../../parser/ast/expression.ts';
import type { Query } from '../../parser/ast/query.ts';
import type { InsertInto } from '../../parser/ast/statements.ts';
import type { Field } from '../../types/schema.ts';
import { typeNode } from './type-node.ts';

/**
 * `CREATE TABLE … AS query` as a declaration of its own and the INSERT that fills it. Columns written in the list come
 * first; one that the query gives too has the type written there.
 * @param fields what the query gives
 * @throws PlanError PLAN_DDL
 */
export function queryTable(
  statement: CreateTable,
  query: Query,
  fields: readonly Field[],
): { readonly declaration: CreateTable; readonly insert: InsertInto } {
  const given = fields.map((field) => columnOf(field, query));
  const isNamed = (name: Identifier) => (one: PhysicalColumn) => same(one.name, name);
  const names = statement.elements.filter((one) => one.kind === 'column-name');
  const elements = statement.elements.map((one): TableElement => {
    if (one.kind !== 'column-name') return one;
    const found = given.find(isNamed(one.name));
    if (found !== undefined) return { ...found, name: one.name, span: one.span };
    throw new PlanError('PLAN_DDL', `the query has no column "${one.name.name}"`, {
      span: one.span,
      hint: `It gives: ${fields.map((field) => field.name).join(', ')}.`,
    });
  });
  const declared = elements.flatMap((one) => ('name' in one && one.kind.endsWith('-column') ? [one.name] : []));
  const rest = given.filter((one) => !declared.some((name) => name !== undefined && same(name, one.name)));
  if (names.length > 0 && rest.length > 0) {
    throw new PlanError('PLAN_DDL', `column "${rest[0]!.name.name}" of the query is not in the list of columns`, {
      span: names.at(-1)?.span,
      hint: 'A list of names puts all columns of the query in order.',
    });
  }
  const generated = elements.find((one) => one.kind === 'computed-column' && given.some(isNamed(one.name)));
  if (generated !== undefined) {
    throw new PlanError('PLAN_DDL', 'a computed column has the name of a column of the query', {
      span: generated.span,
    });
  }
  const span = statement.name.at(-1)?.span ?? statement.span;
  return {
    declaration: { ...statement, elements: [...elements, ...rest], query: undefined },
    insert: {
      kind: 'insert',
      table: statement.name,
      tableSpan: span,
      overwrite: false,
      columns: given.map((one) => one.name),
      query,
      emit: [],
      span: statement.span,
    },
  };
}

function columnOf(field: Field, { span }: Query): PhysicalColumn {
  if (field.type.kind === 'null') {
    throw new PlanError('PLAN_DDL', `column "${field.name}" of the query is NULL and has no type`, {
      span,
      hint: 'Write CAST(NULL AS type).',
    });
  }
  return {
    kind: 'physical-column',
    name: { kind: 'identifier', name: field.name, quoted: false, span },
    type: typeNode(field.type, span),
    notNull: false,
    header: false,
    headerKey: undefined,
    primaryKey: false,
    comment: undefined,
    span,
  };
}

function same(a: Identifier, b: Identifier): boolean {
  return a.name.toLowerCase() === b.name.toLowerCase();
}
