import type { FunctionContext, FunctionRegistry } from '../../contracts/function.ts';
import type { Query } from '../../parser/ast/query.ts';
import type { Identifier } from '../../parser/ast/expression.ts';
import type { CatalogLookup } from '../catalog-table.ts';
import type { Names } from './scope.ts';
import type { Session } from '../session.ts';

/** A WITH query in scope; it sees what was in scope where it was written. */
export interface CommonTableInScope {
  readonly name: string;
  readonly columns: readonly Identifier[] | undefined;
  readonly query: Query;
  readonly context: BindContext;
}

/** What binding a query depends on besides its tree. */
export interface BindContext {
  readonly catalog: CatalogLookup;
  readonly session: Session;
  readonly functions: FunctionRegistry;
  readonly call: FunctionContext;
  /** By lower-case name. */
  readonly common: ReadonlyMap<string, CommonTableInScope>;
  /** Lower-case names of the views being expanded, outermost first. */
  readonly views: readonly string[];
  /** What a sub-query sees of the query around it. */
  readonly outer?: Names | undefined;
  /** How many queries stand around. */
  readonly level: number;
}

export function bindContext(catalog: CatalogLookup, session: Session): BindContext {
  return {
    catalog,
    session,
    functions: catalog.functions,
    call: session.functionContext(),
    common: new Map(),
    views: [],
    level: 0,
  };
}
