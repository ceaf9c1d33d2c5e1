import type { ConnectorRegistry } from '../contracts/connector.ts';
import type { FunctionRegistry } from '../contracts/function.ts';
import { PlanError } from '../errors/sluice-error.ts';
import type { SourceText, Span } from '../errors/span.ts';
import { suggest } from '../errors/suggest.ts';
import type { Identifier } from '../parser/ast/expression.ts';
import type { CreateTable } from '../parser/ast/create-table.ts';
import type { CreateView, Drop, Statement } from '../parser/ast/statements.ts';
import { bindQuery } from './bind/bind-query.ts';
import { bindView } from './bind/bind-view.ts';
import { declareTable } from './bind/declare-table.ts';
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
   * CREATE TABLE, CREATE VIEW, CREATE FUNCTION, DROP.
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

  #createTable(statement: CreateTable, context: DdlContext): void {
    const name = simpleName(statement.name, statement.span);
    if (this.#keeps(name, statement)) return;
    const table = declareTable(name, statement, this, context);
    this.#entries.set(name.toLowerCase(), table);
  }

  #createView(statement: CreateView, context: DdlContext): void {
    const name = simpleName(statement.name, statement.span);
    if (this.#keeps(name, statement)) return;
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
      if (before === undefined) this.#entries.delete(name.toLowerCase());
      else this.#entries.set(name.toLowerCase(), before);
      throw error;
    }
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
      throw new PlanError('PLAN_UNKNOWN_TABLE', `"${found.name}" is a ${found.kind}, not a ${statement.what}`, {
        span,
        hint: `Write DROP ${found.kind.toUpperCase()} ${found.name}.`,
      });
    }
    this.#entries.delete(name.toLowerCase());
  }
}
