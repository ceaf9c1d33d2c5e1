import type { ColumnExpr, Expr } from '../../contracts/expression.ts';
import type { Note } from '../../errors/sluice-error.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { suggest } from '../../errors/suggest.ts';
import type { ColumnRef, Identifier } from '../../parser/ast/expression.ts';
import type { LogicalField } from '../logical/plan.ts';

/** Turns a name into an expression over the input. */
export interface Names {
  /** @throws PlanError PLAN_UNKNOWN_COLUMN, PLAN_AMBIGUOUS_COLUMN */
  column(ref: ColumnRef): Expr;
}

/** A column that USING or NATURAL makes of one column of each side. */
export interface MergedColumn {
  readonly name: string;
  readonly expr: Expr;
  /** The columns it stands for: `*` does not name them again. */
  readonly sources: readonly number[];
}

/** One table of FROM under the name by which its columns are qualified. */
export interface ScopeTable {
  readonly name: string | undefined;
  readonly fields: readonly LogicalField[];
  /** Place of its first column in the input. */
  readonly from: number;
  /** "table "t" is declared at …", for messages. */
  readonly note?: Note | undefined;
  /** Where it stands in FROM. */
  readonly span?: Span | undefined;
}

/** The columns that are visible at one place. */
export class Scope implements Names {
  readonly tables: readonly ScopeTable[];
  readonly merged: readonly MergedColumn[];
  readonly #aliases: readonly string[];
  readonly #outer: Names | undefined;

  /**
   * @param aliases names of the select list, which are not visible here: for the hint of an unknown column
   * @param outer the query around this one: what is not found here is looked for there
   */
  constructor(
    tables: readonly ScopeTable[],
    aliases: readonly string[] = [],
    merged: readonly MergedColumn[] = [],
    outer?: Names,
  ) {
    this.tables = tables;
    this.merged = merged;
    this.#aliases = aliases;
    this.#outer = outer;
  }

  /** Whether a column of this name is here, qualified or not. */
  has(name: Identifier): boolean {
    return this.tables.some((table) => matches(table, name).length > 0);
  }

  column(ref: ColumnRef): Expr {
    return this.#outer !== undefined && !this.#knows(ref) ? this.#outerColumn(ref, this.#outer) : this.#column(ref);
  }

  /** The columns of `*`: those of USING once, then the others in the order of the tables. */
  star(): readonly { readonly name: string; readonly expr: Expr }[] {
    const merged = new Set(this.merged.flatMap((one) => one.sources));
    const others = this.tables.flatMap((table) =>
      columnsOfTable(table).filter(({ expr }) => !(expr.kind === 'column' && merged.has(expr.index))),
    );
    return [...this.merged, ...others];
  }

  #knows(ref: ColumnRef): boolean {
    const [first, second] = ref.parts;
    if (first === undefined) return true;
    if (second === undefined) return this.has(first);
    const lower = first.name.toLowerCase();
    return this.has(first) || this.tables.some((table) => table.name?.toLowerCase() === lower);
  }

  /** A name that nobody knows is reported over the tables of this query. */
  #outerColumn(ref: ColumnRef, outer: Names): Expr {
    try {
      return outer.column(ref);
    } catch (error) {
      // Who knows the table also knows which columns it has.
      const isOfTable = error instanceof PlanError && error.code === 'PLAN_UNKNOWN_COLUMN' && ref.parts.length > 1;
      if (
        error instanceof PlanError &&
        !isOfTable &&
        error.code !== 'PLAN_AMBIGUOUS_COLUMN' &&
        this.tables.length > 0
      ) {
        return this.#column(ref);
      }
      throw error;
    }
  }

  #column(ref: ColumnRef): Expr {
    const [first, second] = ref.parts;
    if (first === undefined || ref.parts.length > 2) {
      throw new PlanError('PLAN_UNSUPPORTED', 'fields of ROW columns are not supported yet', { span: ref.span });
    }
    const name = second ?? first;
    const tables = second === undefined ? this.tables : this.#qualified(first);
    const found = tables.flatMap((table) => matches(table, name));
    if (second === undefined) {
      const merged = this.merged.filter((one) => one.name.toLowerCase() === name.name.toLowerCase());
      if (merged.length === 1) return { ...merged[0]!.expr, span: ref.span };
    }
    if (found.length === 1) return { ...found[0]!, span: ref.span };
    if (found.length === 0) throw this.#unknown(name, tables, ref);
    const places = tables.filter((table) => matches(table, name).length > 0);
    throw new PlanError('PLAN_AMBIGUOUS_COLUMN', `column "${name.name}" is ambiguous`, {
      span: ref.span,
      hint:
        places.length > 1
          ? `It is a column of ${places.map((one) => `"${one.name ?? ''}"`).join(' and ')}: qualify it.`
          : 'The table has several columns of this name: rename them in a sub-query.',
    });
  }

  #qualified(qualifier: Identifier): readonly ScopeTable[] {
    const found = this.tables.filter((table) => table.name?.toLowerCase() === qualifier.name.toLowerCase());
    if (found.length > 0) return found;
    throw this.unknownQualifier(qualifier);
  }

  /** The table that `t.*` names. */
  tableNamed(qualifier: Identifier): ScopeTable {
    return this.#qualified(qualifier)[0]!;
  }

  unknownQualifier(qualifier: Identifier): PlanError {
    const names = this.tables.flatMap((table) => (table.name === undefined ? [] : [table.name]));
    const close = suggest(qualifier.name, names);
    const all = names.length === 0 ? undefined : `Tables here: ${names.join(', ')}.`;
    return new PlanError('PLAN_UNKNOWN_TABLE', `table "${qualifier.name}" is not in FROM`, {
      span: qualifier.span,
      hint: close === undefined ? all : `Did you mean "${close}"?`,
    });
  }

  #unknown(name: Identifier, tables: readonly ScopeTable[], ref: ColumnRef): PlanError {
    const [only] = tables;
    const known = tables.flatMap((table) => table.fields.map((field) => field.name));
    const where =
      tables.length === 0
        ? ' here: there is no FROM'
        : tables.length === 1 && only?.name !== undefined
          ? ` in table "${only.name}"`
          : '';
    const close = suggest(name.name, known);
    const columns = known.length === 0 ? [] : [`Columns: ${known.join(', ')}.`];
    const isAlias = this.#aliases.some((one) => one.toLowerCase() === name.name.toLowerCase());
    if (isAlias) columns.unshift('It names a column of the result: repeat its expression, or use a sub-query.');
    const hints = close === undefined || isAlias ? columns : [`Did you mean "${close}"?`, ...columns];
    return new PlanError('PLAN_UNKNOWN_COLUMN', `column "${name.name}" does not exist${where}`, {
      span: ref.span,
      notes: tables.flatMap((table) => table.note ?? []),
      hint: hints.length === 0 ? undefined : hints.join('  '),
    });
  }
}

/** All columns of one table. */
export function columnsOfTable(table: ScopeTable): readonly { readonly name: string; readonly expr: ColumnExpr }[] {
  return table.fields.map((field, i) => ({
    name: field.name,
    expr: { kind: 'column', index: table.from + i, name: field.name, type: field.type },
  }));
}

/** Names are matched without case; a spelling that fits exactly wins over one that does not. */
function matches(table: ScopeTable, name: Identifier): readonly ColumnExpr[] {
  const lower = name.name.toLowerCase();
  const all = table.fields.flatMap((field, i): ColumnExpr[] =>
    field.name.toLowerCase() === lower
      ? [{ kind: 'column', index: table.from + i, name: field.name, type: field.type }]
      : [],
  );
  const exact = all.filter((one) => one.name === name.name);
  return all.length > 1 && exact.length === 1 ? exact : all;
}
