import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { suggest } from '../../errors/suggest.ts';
import type { AlterTable, PlacedElement } from '../../parser/ast/alter.ts';
import type { ComputedColumn, CreateTable, PhysicalColumn, TableElement } from '../../parser/ast/create-table.ts';
import type { Identifier } from '../../parser/ast/expression.ts';
import { optionKey } from './like-table.ts';
import { columnRefs, movedTo, withRenamed } from './syntax-tree.ts';

type Column = PhysicalColumn | ComputedColumn;

/**
 * The declaration after ALTER TABLE; what stays is shown at the table's name in the ALTER. Whether the new declaration
 * holds is found when it is declared.
 * @throws PlanError PLAN_DDL, PLAN_UNKNOWN_COLUMN
 */
export function alteredTable(before: CreateTable, { action, name, span }: AlterTable): CreateTable {
  const at = name.at(-1)?.span ?? span;
  const old: CreateTable = { ...movedTo(before, at), name, orReplace: false, ifNotExists: false, span };
  const table = before.name.at(-1)?.name ?? '';
  switch (action.kind) {
    case 'rename':
      return { ...old, name: action.to };
    case 'set': {
      const set = new Set(action.options.map((one) => optionKey(one.key)));
      return { ...old, options: [...old.options.filter((one) => !set.has(optionKey(one.key))), ...action.options] };
    }
    case 'reset': {
      for (const { key, span: keySpan } of action.keys) {
        if (old.options.some((one) => optionKey(one.key) === optionKey(key))) continue;
        const known = old.options.map((one) => one.key);
        const close = suggest(key, known);
        throw new PlanError('PLAN_DDL', `table "${table}" is declared without option "${key}"`, {
          span: keySpan,
          hint: close === undefined ? `Its options: ${known.join(', ')}.` : `Did you mean "${close}"?`,
        });
      }
      const reset = new Set(action.keys.map((one) => optionKey(one.key)));
      return { ...old, options: old.options.filter((one) => !reset.has(optionKey(one.key))) };
    }
    case 'add':
      return { ...old, elements: action.elements.reduce((all, one) => added(all, one, table), old.elements) };
    case 'modify':
      return { ...old, elements: action.elements.reduce((all, one) => modified(all, one, table), old.elements) };
    case 'drop-columns':
      return { ...old, elements: action.columns.reduce((all, one) => dropped(all, one, table), old.elements) };
    case 'rename-column':
      return { ...old, elements: renamed(old.elements, action.column, action.to, table) };
    case 'drop-watermark':
      return { ...old, elements: without(old.elements, (one) => one.kind === 'watermark', table, 'watermark', at) };
    case 'drop-key': {
      const wanted = action.name?.name.toLowerCase();
      const isKey = (one: TableElement): boolean =>
        one.kind === 'primary-key' && (wanted === undefined || one.name?.name.toLowerCase() === wanted);
      const what = wanted === undefined ? 'primary key' : `constraint "${action.name?.name ?? ''}"`;
      if (wanted === undefined && old.elements.some(isKeyColumn))
        return { ...old, elements: old.elements.map(withoutKey) };
      return { ...old, elements: without(old.elements, isKey, table, what, action.name?.span ?? at) };
    }
  }
}

function isColumn(element: TableElement): element is Column {
  return element.kind === 'physical-column' || element.kind === 'computed-column';
}

function sameName(a: Identifier, b: Identifier): boolean {
  return a.name.toLowerCase() === b.name.toLowerCase();
}

/** @throws PlanError PLAN_UNKNOWN_COLUMN */
function placeOf(elements: readonly TableElement[], name: Identifier, table: string): number {
  const found = elements.findIndex((one) => isColumn(one) && sameName(one.name, name));
  if (found >= 0) return found;
  const names = elements.filter(isColumn).map((one) => one.name.name);
  const close = suggest(name.name, names);
  throw new PlanError('PLAN_UNKNOWN_COLUMN', `column "${name.name}" does not exist in table "${table}"`, {
    span: name.span,
    hint: close === undefined ? `Columns: ${names.join(', ')}.` : `Did you mean "${close}"?`,
  });
}

function added(elements: readonly TableElement[], { element, position }: PlacedElement, table: string): TableElement[] {
  if (element.kind === 'watermark' && elements.some((one) => one.kind === 'watermark'))
    throw exists(table, 'a watermark', element.span, 'Write ALTER TABLE … MODIFY WATERMARK ….');
  const isKey = (one: TableElement): boolean => one.kind === 'primary-key' || isKeyColumn(one);
  if (element.kind === 'primary-key' && elements.some(isKey))
    throw exists(table, 'a primary key', element.span, 'Write ALTER TABLE … MODIFY PRIMARY KEY (…).');
  if (isColumn(element) && elements.some((one) => isColumn(one) && sameName(one.name, element.name)))
    throw exists(
      table,
      `column "${element.name.name}"`,
      element.name.span,
      'Write ALTER TABLE … MODIFY for another type.',
    );
  return inserted(elements, element, position, table);
}

function inserted(
  elements: readonly TableElement[],
  element: TableElement,
  position: PlacedElement['position'],
  table: string,
): TableElement[] {
  if (position === 'first') return [element, ...elements];
  // Behind the last column: the watermark and keys stay at the end.
  const last = elements.findLastIndex(isColumn);
  const behind =
    position === undefined
      ? isColumn(element)
        ? last
        : elements.length - 1
      : placeOf(elements, position.after, table);
  return [...elements.slice(0, behind + 1), element, ...elements.slice(behind + 1)];
}

function modified(elements: readonly TableElement[], one: PlacedElement, table: string): TableElement[] {
  const { element, position } = one;
  if (isColumn(element)) {
    const place = placeOf(elements, element.name, table);
    if (position === undefined) return elements.map((old, i) => (i === place ? element : old));
    return inserted(elements.toSpliced(place, 1), element, position, table);
  }
  if (element.kind !== 'watermark' && element.kind !== 'primary-key') {
    throw new PlanError('PLAN_DDL', 'columns, the watermark and the primary key can be modified', {
      span: element.span,
      hint: 'Write CREATE OR REPLACE TABLE.',
    });
  }
  if (element.kind === 'primary-key' && elements.some(isKeyColumn)) return [...elements.map(withoutKey), element];
  const place = elements.findIndex((old) => old.kind === element.kind);
  if (place >= 0) return elements.map((old, i) => (i === place ? element : old));
  throw new PlanError('PLAN_DDL', `table "${table}" has no ${element.kind.replace('-', ' ')} to modify`, {
    span: element.span,
    hint: 'Write ALTER TABLE … ADD ….',
  });
}

/** `a INT PRIMARY KEY` */
function isKeyColumn(element: TableElement): boolean {
  return element.kind === 'physical-column' && element.primaryKey;
}

function withoutKey(element: TableElement): TableElement {
  return element.kind === 'physical-column' ? { ...element, primaryKey: false } : element;
}

function dropped(elements: readonly TableElement[], name: Identifier, table: string): TableElement[] {
  const place = placeOf(elements, name, table);
  const user = elements.find((one, i) =>
    i === place ? isKeyColumn(one) : namesIn(one).some((used) => sameName(used, name)),
  );
  if (user !== undefined) {
    const what = userText(user);
    throw new PlanError('PLAN_DDL', `column "${name.name}" is used by ${what}`, {
      span: name.span,
      hint: `Drop or change ${what} first.`,
    });
  }
  return elements.toSpliced(place, 1);
}

function userText(user: TableElement): string {
  if (user.kind === 'computed-column') return `computed column "${user.name.name}"`;
  return `the ${user.kind === 'physical-column' ? 'primary key' : user.kind.replace('-', ' ')}`;
}

/** Columns that an element speaks of besides itself. */
function namesIn(element: TableElement): readonly Identifier[] {
  switch (element.kind) {
    case 'computed-column':
      return columnRefs(element.expression).flatMap((one) => one.parts[0] ?? []);
    case 'watermark': {
      const { strategy } = element;
      const used =
        strategy.kind === 'expression' ? columnRefs(strategy.expression).flatMap((one) => one.parts[0] ?? []) : [];
      return [element.column, ...used];
    }
    case 'primary-key':
    case 'unique':
    case 'index':
      return element.columns;
    default:
      return [];
  }
}

function renamed(elements: readonly TableElement[], from: Identifier, to: Identifier, table: string): TableElement[] {
  placeOf(elements, from, table);
  if (elements.some((one) => isColumn(one) && sameName(one.name, to)) && !sameName(from, to))
    throw exists(table, `column "${to.name}"`, to.span, 'Use another name.');
  const now = (one: Identifier): Identifier =>
    sameName(one, from) ? { ...one, name: to.name, quoted: to.quoted } : one;
  return elements.map((one): TableElement => {
    switch (one.kind) {
      case 'physical-column':
        // An attribute of the record keeps its own name.
        if (one.header && sameName(one.name, from) && one.headerKey === undefined) {
          return { ...one, name: to, headerKey: { kind: 'string', value: one.name.name, span: to.span } };
        }
        return { ...one, name: now(one.name) };
      case 'computed-column':
        return { ...one, name: now(one.name), expression: withRenamed(one.expression, from.name, to.name) };
      case 'watermark': {
        const { strategy } = one;
        return {
          ...one,
          column: now(one.column),
          strategy:
            strategy.kind === 'with-offset'
              ? { ...strategy, column: now(strategy.column) }
              : { ...strategy, expression: withRenamed(strategy.expression, from.name, to.name) },
        };
      }
      case 'primary-key':
      case 'unique':
      case 'index':
        return { ...one, columns: one.columns.map(now) };
      default:
        return one;
    }
  });
}

function without(
  elements: readonly TableElement[],
  isIt: (one: TableElement) => boolean,
  table: string,
  what: string,
  span: Span,
): TableElement[] {
  const rest = elements.filter((one) => !isIt(one));
  if (rest.length < elements.length) return rest;
  throw new PlanError('PLAN_DDL', `table "${table}" has no ${what}`, { span });
}

function exists(table: string, what: string, span: Span, hint: string): PlanError {
  return new PlanError('PLAN_DDL', `table "${table}" already has ${what}`, { span, hint });
}
