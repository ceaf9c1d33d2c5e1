import type { TableColumn } from '../../contracts/connector.ts';
import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { suggest } from '../../errors/suggest.ts';
import type { ColumnRef, Expression } from '../../parser/ast/expression.ts';
import { mayBeNull, timeOf } from '../logical/build.ts';
import type { CatalogColumn } from '../catalog-table.ts';
import { ExpressionBinder } from './bind-expression.ts';
import type { BindContext } from './bind-context.ts';
import type { Names } from './scope.ts';

export type DeclaredColumn =
  | { readonly kind: 'physical' | 'header'; readonly column: TableColumn; readonly span?: Span | undefined }
  | {
      readonly kind: 'computed';
      readonly name: string;
      readonly expression: Expression;
      readonly span?: Span | undefined;
    };

/** Physical and HEADER columns in declaration order: what the connector sees. */
export function physicalColumns(declared: readonly DeclaredColumn[]): readonly TableColumn[] {
  return declared.flatMap((one) => (one.kind === 'computed' ? [] : [one.column]));
}

/**
 * All columns of a table with computed ones written over the physical ones. They may use one another in any order.
 * @param rowtime the column of WATERMARK
 * @throws PlanError PLAN_DDL for a column declared twice or computed from itself, and what expressions throw
 */
export function tableColumns(
  declared: readonly DeclaredColumn[],
  place: { readonly table: string; readonly context: BindContext; readonly rowtime: string | undefined },
): readonly CatalogColumn[] {
  const columns = new TableColumns(declared, place.table, place.context);
  const physical = physicalColumns(declared);
  return declared.map((one): CatalogColumn => {
    const name = nameOf(one);
    const expr = columns.resolve(name, one.span);
    const isRowtime = place.rowtime?.toLowerCase() === name.toLowerCase();
    return {
      name,
      type: expr.type,
      nullable: mayBeNull(expr, physical),
      kind: one.kind,
      expr,
      time: isRowtime ? 'rowtime' : timeOf(expr, []),
    };
  });
}

function nameOf(column: DeclaredColumn): string {
  return column.kind === 'computed' ? column.name : column.column.name;
}

class TableColumns implements Names {
  readonly #table: string;
  readonly #byName = new Map<string, DeclaredColumn>();
  readonly #bound = new Map<string, Expr>();
  readonly #open = new Set<string>();
  readonly #binder: ExpressionBinder;

  constructor(declared: readonly DeclaredColumn[], table: string, context: BindContext) {
    this.#table = table;
    this.#binder = new ExpressionBinder(this, context);
    let index = 0;
    for (const one of declared) {
      const key = nameOf(one).toLowerCase();
      if (this.#byName.has(key)) {
        throw new PlanError('PLAN_DDL', `column "${nameOf(one)}" is declared twice in table "${table}"`, {
          span: one.span,
          hint: 'Names of columns are compared without case.',
        });
      }
      this.#byName.set(key, one);
      if (one.kind === 'computed') continue;
      const { name, type } = one.column;
      this.#bound.set(key, { kind: 'column', index: index++, name, type });
    }
  }

  column(ref: ColumnRef): Expr {
    const last = ref.parts.at(-1);
    const [first] = ref.parts;
    // `r.f` is a field of a ROW column: the caller asks for `r` then.
    const isField = ref.parts.length > 1 && first !== undefined && this.#byName.has(first.name.toLowerCase());
    if (isField && first.name.toLowerCase() !== this.#table.toLowerCase())
      throw this.#unknown(last?.name ?? '', ref.span);
    return { ...this.resolve(last?.name ?? '', ref.span), span: ref.span };
  }

  resolve(name: string, span: Span | undefined): Expr {
    const key = name.toLowerCase();
    const done = this.#bound.get(key);
    if (done !== undefined) return done;
    const column = this.#byName.get(key);
    if (column?.kind !== 'computed') throw this.#unknown(name, span);
    if (this.#open.has(key)) {
      throw new PlanError('PLAN_DDL', `column "${name}" is computed from itself`, { span: column.span });
    }
    this.#open.add(key);
    const expr = this.#binder.bind(column.expression);
    this.#open.delete(key);
    this.#bound.set(key, expr);
    return expr;
  }

  #unknown(name: string, span: Span | undefined): PlanError {
    const names = [...this.#byName.values()].map(nameOf);
    const close = suggest(name, names);
    const all = `Columns: ${names.join(', ')}.`;
    return new PlanError('PLAN_UNKNOWN_COLUMN', `column "${name}" does not exist in table "${this.#table}"`, {
      span,
      hint: close === undefined ? all : `Did you mean "${close}"?  ${all}`,
    });
  }
}
