import { connectors } from '../connectors/registry.ts';
import { formats } from '../formats/registry.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { suggest } from '../errors/suggest.ts';
import type { OptionSpec } from '../contracts/options.ts';
import type { Show, ShowConnector } from '../parser/ast/statements.ts';
import type { Catalog } from '../planner/catalog.ts';
import type { Session } from '../planner/session.ts';
import type { Job, ResultColumn, StatementResult } from './api.ts';
import { tableInfo } from './describe.ts';

export type Cells = readonly (string | null)[];

const text = (name: string): ResultColumn => ({ name, type: 'VARCHAR' });

export function rowsResult(names: readonly string[], rows: readonly Cells[]): StatementResult {
  return { kind: 'rows', message: '', columns: names.map(text), rows };
}

interface ShowContext {
  readonly catalog: Catalog;
  readonly session: Session;
  readonly jobs: readonly Job[];
}

/** SHOW TABLES, VIEWS, FUNCTIONS, CONNECTORS, FORMATS, JOBS, SETTINGS, each with an optional LIKE on the first column. */
export function show(statement: Show, context: ShowContext): StatementResult {
  const [names, rows] = listing(statement.what, context);
  const like = statement.like?.value;
  if (like === undefined) return rowsResult(names, rows);
  const source = like
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  const pattern = new RegExp(`^${source}$`, 'is');
  return rowsResult(
    names,
    rows.filter((row) => pattern.test(row[0] ?? '')),
  );
}

function listing(what: Show['what'], context: ShowContext): readonly [readonly string[], readonly Cells[]] {
  switch (what) {
    case 'tables':
      return [
        ['table', 'kind', 'connector'],
        context.catalog.entries().map((entry) => {
          const info = tableInfo(entry);
          return [info.name, info.kind, info.connector ?? null];
        }),
      ];
    case 'views':
      return [
        ['view'],
        context.catalog
          .entries()
          .filter((entry) => entry.kind === 'view')
          .map((entry) => [entry.name]),
      ];
    case 'functions':
      return [
        ['function', 'category', 'call', 'what it does'],
        context.catalog.functions.records().map((one) => [one.name, one.category, one.syntax[0] ?? one.name, one.doc]),
      ];
    case 'connectors':
      return [
        ['connector', 'source', 'sink', 'what it is'],
        connectors.map((one) => [one.name, one.source ? 'yes' : 'no', one.sink === false ? 'no' : one.sink, one.title]),
      ];
    case 'formats':
      return [
        ['format', 'reads', 'writes', 'what it is'],
        formats.map((one) => [one.name, 'yes', one.encodes ? 'yes' : 'no', one.title]),
      ];
    case 'jobs':
      return [['job', 'status'], context.jobs.map((job) => [job.name, job.status])];
    case 'settings':
      return settingsListing(context.session);
  }
}

/** SHOW SETTINGS, and SET alone. */
export function settingsResult(session: Session): StatementResult {
  return rowsResult(...settingsListing(session));
}

function settingsListing(session: Session): readonly [readonly string[], readonly Cells[]] {
  return [['setting', 'value', 'what it does'], session.list().map((one) => [one.key, one.value, one.doc])];
}

/** SHOW CONNECTOR x: its options with form, default and help. */
export function showConnector(statement: ShowConnector): StatementResult {
  const { name } = statement.name;
  const entry = connectors.find((one) => one.name === name.toLowerCase());
  if (entry === undefined) {
    const known = connectors.map((one) => one.name);
    const close = suggest(name, known);
    throw new SluiceError('CONNECTOR_UNKNOWN', `connector "${name}" does not exist`, {
      span: statement.name.span,
      hint: close === undefined ? `Connectors: ${known.join(', ')}.` : `Did you mean "${close}"?`,
    });
  }
  return rowsResult(
    ['option', 'required', 'default', 'takes', 'what it is'],
    Object.entries(entry.options).map(([option, spec]) => [
      option,
      spec.required ? 'yes' : 'no',
      fallbackText(spec),
      spec.unit === undefined ? spec.form : `${spec.form} (${spec.unit})`,
      spec.help,
    ]),
  );
}

function fallbackText(spec: OptionSpec): string | null {
  return spec.fallback === undefined ? null : `${spec.fallback as string | number | boolean}`;
}
