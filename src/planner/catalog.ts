import type { ConnectorRegistry } from '../contracts/connector.ts';
import type { FunctionRegistry } from '../contracts/function.ts';
import { PlanError } from '../errors/sluice-error.ts';
import type { SourceText, Span } from '../errors/span.ts';
import { suggest } from '../errors/suggest.ts';
import type { AlterTable, AlterView } from '../parser/ast/alter.ts';
import type { Identifier } from '../parser/ast/expression.ts';
import type { CreateTable } from '../parser/ast/create-table.ts';
import type { Query } from '../parser/ast/query.ts';
import type { CreateView, Drop, InsertInto, Statement } from '../parser/ast/statements.ts';
import { alteredTable } from './bind/alter-table.ts';
import { bindContext } from './bind/bind-context.ts';
import { bindQuery } from './bind/bind-query.ts';
import { bindView } from './bind/bind-view.ts';
import { declareTable } from './bind/declare-table.ts';
import { likeTable } from './bind/like-table.ts';
import { queryTable } from './bind/query-table.ts';
import { registeredTable, type TableRegistration } from './bind/registered-table.ts';
import type { CatalogEntry, CatalogLookup, CatalogTable, CatalogView } from './catalog-table.ts';
import type { Session } from './session.ts';
import { simpleName } from './simple-name.ts';

export interface DdlContext {
  readonly session: Session;
  /** The text that the statement's spans point into. */
  readonly source?: SourceText | undefined;
}

/** Tables and views by name, without case. Nothing here opens a connection. */
export class Catalog implements CatalogLookup {
  readonly functions: FunctionRegistry;
  readonly connectors: ConnectorRegistry;
  readonly #entries = new Map<string, CatalogEntry>();

  constructor(registries: { readonly functions: FunctionRegistry; readonly connectors: ConnectorRegistry }) {
    this.functions = registries.functions;
    this.connectors = registries.connectors;
  }

  get(name: string): CatalogEntry | undefined {
    return this.#entries.get(name.toLowerCase());
  }

  /** Tables and views in the order of their declaration. */
  entries(): readonly CatalogEntry[] {
    return [...this.#entries.values()];
  }

  /**
   * CREATE TABLE, CREATE VIEW, ALTER TABLE, ALTER VIEW, DROP. The query of CREATE TABLE … AS only gives its columns.
   * @returns false when the statement is none of these
   * @throws SluiceError of the PLAN_, TYPE_ and CONNECTOR_ codes; then nothing has changed
   */
  applyDdl(statement: Statement, context: DdlContext): boolean {
    switch (statement.kind) {
      case 'create-table':
        this.#createTable(statement, context);
        return true;
      case 'create-view':
        this.#createView(statement, context);
        return true;
      case 'create-function':
        throw new PlanError('PLAN_UNSUPPORTED', 'CREATE FUNCTION needs its module loaded first', {
          span: statement.span,
          hint: 'Run the statement by itself, before the plan is made.',
        });
      case 'alter-table':
        this.#alterTable(statement, context);
        return true;
      case 'alter-view':
        this.#alterView(statement, context);
        return true;
      case 'drop':
        this.#drop(statement);
        return true;
      default:
        return false;
    }
  }

  /** A table whose rows the caller gives; a table of the same name is replaced. */
  registerTable(table: TableRegistration, session: Session): CatalogTable {
    const entry = registeredTable(table, this, session);
    this.#entries.set(table.name.toLowerCase(), entry);
    return entry;
  }

  resolve(name: readonly Identifier[], span: Span): CatalogEntry {
    const written = simpleName(name, span);
    const found = this.get(written);
    if (found !== undefined) return found;
    const names = this.entries().map((one) => one.name);
    const close = suggest(written, names);
    const all = names.length === 0 ? 'No table is declared.' : `Tables: ${names.join(', ')}.`;
    throw new PlanError('PLAN_UNKNOWN_TABLE', `table "${written}" does not exist`, {
      span,
      hint: close === undefined ? all : `Did you mean "${close}"?  ${all}`,
    });
  }

  /**
   * `CREATE TABLE … AS query`.
   * @returns the INSERT that fills the table; undefined where IF NOT EXISTS met an existing one
   */
  createFromQuery(statement: CreateTable, query: Query, context: DdlContext): InsertInto | undefined {
    const name = simpleName(statement.name, statement.span);
    if (this.#keeps(name, statement)) return undefined;
    const { fields } = bindQuery(query, bindContext(this, context.session)).schema;
    const { declaration, insert } = queryTable(statement, query, fields);
    this.#entries.set(name.toLowerCase(), declareTable(name, declaration, this, context));
    return insert;
  }

  /** Puts back what `get` gave before a declaration; undefined: nothing of the name was there. */
  restore(name: string, before: CatalogEntry | undefined): void {
    if (before === undefined) this.#entries.delete(name.toLowerCase());
    else this.#entries.set(name.toLowerCase(), before);
  }

  #createTable(statement: CreateTable, context: DdlContext): void {
    const name = simpleName(statement.name, statement.span);
    if (statement.query !== undefined) {
      this.createFromQuery(statement, statement.query, context);
      return;
    }
    if (this.#keeps(name, statement)) return;
    const { like } = statement;
    const declaration =
      like === undefined ? statement : likeTable(statement, like, this.resolve(like.table, like.span));
    const table = declareTable(name, declaration, this, context);
    this.#entries.set(name.toLowerCase(), table);
  }

  #createView(statement: CreateView, context: DdlContext): void {
    const name = simpleName(statement.name, statement.span);
    if (this.#keeps(name, statement)) return;
    this.#enterView(name, statement, context);
  }

  #enterView(name: string, statement: CreateView, context: DdlContext): void {
    const view: CatalogView = {
      kind: 'view',
      name,
      statement,
      span: statement.name.at(-1)?.span,
      source: context.source,
    };
    // Bound once here so that a mistake shows at the declaration; a view sees only what was declared before it.
    // Entered first, so that a view that replaces one it is built on is found out.
    const before = this.#entries.get(name.toLowerCase());
    this.#entries.set(name.toLowerCase(), view);
    try {
      bindView(view, { catalog: this, session: context.session }, bindQuery);
    } catch (error) {
      this.restore(name, before);
      throw error;
    }
  }

  #alterTable(statement: AlterTable, context: DdlContext): void {
    const span = statement.name.at(-1)?.span ?? statement.span;
    if (statement.ifExists && this.get(simpleName(statement.name, span)) === undefined) return;
    const found = this.resolve(statement.name, span);
    if (found.kind === 'view') throw otherKind(found, 'table', span, `Write ALTER VIEW ${found.name}.`);
    if (found.statement === undefined) {
      throw new PlanError('PLAN_UNSUPPORTED', `table "${found.name}" was registered by the program`, {
        span,
        hint: 'It has no declaration to alter: register it anew.',
      });
    }
    const altered = alteredTable(found.statement, statement);
    const name = this.#freeName(found, altered.name, span);
    this.#replace(found, declareTable(name, altered, this, context));
  }

  #alterView(statement: AlterView, context: DdlContext): void {
    const span = statement.name.at(-1)?.span ?? statement.span;
    const found = this.resolve(statement.name, span);
    if (found.kind === 'table') throw otherKind(found, 'view', span, `Write ALTER TABLE ${found.name}.`);
    const { action } = statement;
    if (action.kind === 'query') {
      this.#enterView(
        found.name,
        { ...found.statement, name: statement.name, columns: undefined, query: action.query },
        context,
      );
      return;
    }
    const name = this.#freeName(found, action.to, span);
    const renamed = { ...found.statement, name: action.to };
    this.#replace(found, { ...found, name, statement: renamed });
  }

  /** The name an entry gets. @throws PlanError PLAN_DUPLICATE_NAME where another one has it */
  #freeName(entry: CatalogEntry, to: readonly Identifier[], span: Span): string {
    const at = to.at(-1)?.span ?? span;
    const name = simpleName(to, at);
    if (name.toLowerCase() === entry.name.toLowerCase()) return name;
    const other = this.get(name);
    if (other === undefined) return name;
    throw new PlanError('PLAN_DUPLICATE_NAME', `${other.kind} "${other.name}" is already declared`, {
      span: at,
      hint: 'Use another name, or DROP it first.',
    });
  }

  /** Puts an entry, perhaps under another name, where the old one was. */
  #replace(before: CatalogEntry, after: CatalogEntry): void {
    const all = [...this.#entries.values()].map((one) => (one === before ? after : one));
    this.#entries.clear();
    for (const one of all) this.#entries.set(one.name.toLowerCase(), one);
  }

  /** True: IF NOT EXISTS met an existing object. */
  #keeps(name: string, statement: CreateTable | CreateView): boolean {
    const existing = this.get(name);
    if (existing === undefined || statement.orReplace) return false;
    if (statement.ifNotExists) return true;
    const note = {
      text: `${existing.kind} "${existing.name}" was first declared`,
      ...(existing.span && { span: existing.span }),
      ...(existing.source && { source: existing.source }),
    };
    throw new PlanError('PLAN_DUPLICATE_NAME', `${existing.kind} "${name}" is already declared`, {
      span: statement.name.at(-1)?.span ?? statement.span,
      notes: existing.span === undefined ? [] : [note],
      hint: 'Use another name, or CREATE OR REPLACE, or DROP it first.',
    });
  }

  #drop(statement: Drop): void {
    if (statement.what === 'function') {
      throw new PlanError('PLAN_UNSUPPORTED', 'DROP FUNCTION is not supported yet', { span: statement.span });
    }
    const span = statement.name.at(-1)?.span ?? statement.span;
    const name = simpleName(statement.name, span);
    const found = this.get(name);
    if (found === undefined && statement.ifExists) return;
    if (found === undefined) {
      this.resolve(statement.name, span);
      return;
    }
    if (found.kind !== statement.what) {
      throw otherKind(found, statement.what, span, `Write DROP ${found.kind.toUpperCase()} ${found.name}.`);
    }
    this.#entries.delete(name.toLowerCase());
  }
}

function otherKind(found: CatalogEntry, wanted: string, span: Span, hint: string): PlanError {
  return new PlanError('PLAN_UNKNOWN_TABLE', `"${found.name}" is a ${found.kind}, not a ${wanted}`, { span, hint });
}
