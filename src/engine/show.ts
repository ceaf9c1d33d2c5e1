import { connectors } from '../connectors/registry.ts';
import { formats } from '../formats/registry.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { suggest } from '../errors/suggest.ts';
import { text, type OptionSet, type OptionSpec } from '../contracts/options.ts';
import type { UserFunctions } from '../functions/user/user-registry.ts';
import type { LikeFilter, Show, ShowConnector } from '../parser/ast/statements.ts';
import type { Catalog } from '../planner/catalog.ts';
import { flinkKey } from '../planner/flink-settings.ts';
import type { Session } from '../planner/session.ts';
import { CATALOG, DATABASE, checkCatalog, checkDatabase } from '../planner/simple-name.ts';
import type { Job, StatementResult } from './api.ts';
import { tableInfo } from './describe.ts';
import { jobRows } from './jobs.ts';
import { rowsResult, type Cells } from './rows-result.ts';

interface ShowContext {
  readonly catalog: Catalog;
  readonly session: Session;
  readonly functions: UserFunctions;
  readonly jobs: readonly Job[];
}

/** SHOW TABLES, VIEWS, FUNCTIONS, …, each with an optional LIKE on the first column. */
export function show(statement: Show, context: ShowContext): StatementResult {
  const { what, from, span } = statement;
  if (from !== undefined && what === 'databases') checkCatalog(from, span);
  else if (from !== undefined) checkDatabase(from, span);
  const [names, rows] = listing(what, context);
  return rowsResult(names, filtered(rows, statement.like));
}

/** The rows whose first cell is like the pattern. */
export function filtered(rows: readonly Cells[], like: LikeFilter | undefined): readonly Cells[] {
  if (like === undefined) return rows;
  const source = like.pattern.value
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  // Names are compared without case, so LIKE is as ILIKE.
  const pattern = new RegExp(`^${source}$`, 'is');
  return rows.filter((row) => pattern.test(row[0] ?? '') !== like.negated);
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
      return [['job', 'status', 'id'], jobRows(context.jobs)];
    case 'settings':
      return settingsListing(context.session);
    case 'user-functions':
      return [['function', 'kind', 'call', 'what it does', 'from'], userFunctions(context)];
    case 'catalogs':
      return [['catalog'], [[CATALOG]]];
    case 'databases':
      return [['database'], [[DATABASE]]];
    case 'modules':
      return [['module'], [['core']]];
    case 'current-catalog':
      return [['current catalog'], [[CATALOG]]];
    case 'current-database':
      return [['current database'], [[DATABASE]]];
  }
}

function userFunctions({ functions }: ShowContext): readonly Cells[] {
  return functions.records().flatMap((one): Cells[] => {
    const own = functions.get(one.name);
    return own === undefined ? [] : [[one.name, one.kind, one.syntax[0] ?? one.name, one.doc, own.origin]];
  });
}

/** SHOW SETTINGS, and SET alone. */
export function settingsResult(session: Session): StatementResult {
  return rowsResult(...settingsListing(session));
}

function settingsListing(session: Session): readonly [readonly string[], readonly Cells[]] {
  return [
    ['setting', 'value', 'Flink key', 'what it does'],
    session.list().map((one) => [one.key, one.value, flinkKey(one.key) ?? '', one.doc]),
  ];
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
    Object.entries(withTimeZone(entry.options)).map(([option, spec]) => [
      option,
      spec.required ? 'yes' : 'no',
      fallbackText(spec),
      spec.unit === undefined ? spec.form : `${spec.form} (${spec.unit})`,
      spec.help,
    ]),
  );
}

/** Every table takes a zone. */
function withTimeZone(options: OptionSet): OptionSet {
  if (Object.keys(options).some((key) => key.toLowerCase() === 'timezone')) return options;
  const timeZone = text({
    help: 'IANA name of the zone of DATE, TIME and TIMESTAMP texts; default: blink.job.timeZone',
  });
  return { ...options, timeZone };
}

function fallbackText(spec: OptionSpec): string | null {
  return spec.fallback === undefined ? null : `${spec.fallback as string | number | boolean}`;
}
