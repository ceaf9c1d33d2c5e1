import type { SourceText } from '../errors/span.ts';
import type { UserFunctions } from '../functions/user/user-registry.ts';
import type { StatementSet } from '../parser/ast/session-statements.ts';
import type { InsertInto, QueryStatement, Statement } from '../parser/ast/statements.ts';
import type { Catalog } from '../planner/catalog.ts';
import { applySetting } from '../planner/plan-job.ts';
import type { Session } from '../planner/session.ts';
import { checkCatalog, checkDatabase, simpleName } from '../planner/simple-name.ts';
import type { ColumnInfo, Job, QueryResult, StatementResult } from './api.ts';
import { checkGroups, consumerGroups, isGroupStatement } from './consumer-groups.ts';
import { ddlMessage } from './ddl-message.ts';
import { columnComments, tableFacts } from './describe.ts';
import { explain } from './explain.ts';
import { functionStatement, isFunctionStatement } from './function-statements.ts';
import { describeJob, findJob } from './jobs.ts';
import { placed } from './placed.ts';
import { rowsResult } from './rows-result.ts';
import { filtered, settingsResult, show, showConnector } from './show.ts';
import { showCreate } from './show-create.ts';
import type { StartContext } from './start-plan.ts';

/** Any statement but the INSERTs of a job. */
export type PlainStatement = Exclude<Statement, InsertInto | StatementSet>;

/** What statements need of the engine. */
export interface StatementHost {
  readonly catalog: Catalog;
  readonly session: Session;
  readonly functions: UserFunctions;
  readonly jobs: readonly Job[];
  warn(line: string | undefined): void;
  query(statement: QueryStatement, source: SourceText): QueryResult;
  describe(name: string): readonly ColumnInfo[];
  startContext(): StartContext;
}

/** Does what a statement says. @throws SluiceError that names the text */
export async function answer(
  statement: PlainStatement,
  source: SourceText,
  host: StatementHost,
): Promise<StatementResult> {
  if (isFunctionStatement(statement)) return functionStatement(statement, host.functions, source);
  const result = placed(source, () => runNow(statement, source, host));
  if (isGroupStatement(statement)) {
    return consumerGroups(statement, { ...host.startContext(), catalog: host.catalog }, source);
  }
  if (statement.kind !== 'stop-job') return result;
  const job = placed(source, () => findJob(statement.job, host.jobs));
  await job.stop();
  return { kind: 'text', message: `job "${job.name}" ${job.status}` };
}

/** What can be done without waiting: of statements about consumer groups and jobs, only the check. */
export function runNow(statement: PlainStatement, source: SourceText, host: StatementHost): StatementResult {
  const { catalog, session } = host;
  if (isGroupStatement(statement)) return checkGroups(statement, { catalog, session });
  switch (statement.kind) {
    case 'query':
      return { kind: 'query', message: '', result: host.query(statement, source) };
    case 'set':
      if (statement.key === undefined) return settingsResult(session);
      if (statement.value === undefined) {
        return rowsResult(['setting', 'value'], [[statement.key, session.get(statement.key, statement.keySpan)]]);
      }
      host.warn(applySetting(statement, session));
      return { kind: 'set', message: `${statement.key} = ${statement.value}` };
    case 'reset':
      applySetting(statement, session);
      return { kind: 'set', message: statement.key === undefined ? 'all settings reset' : `${statement.key} reset` };
    case 'show':
      return show(statement, host);
    case 'show-columns': {
      const rows = columnRows(statement.table, statement.span, host);
      return rowsResult(['column', 'type', 'attributes'], filtered(rows, statement.like));
    }
    case 'show-connector':
      return showConnector(statement);
    case 'show-create':
      return { kind: 'text', message: showCreate(statement, catalog) };
    case 'describe': {
      const rows = columnRows(statement.name, statement.span, host);
      if (!statement.extended) return rowsResult(['column', 'type', 'attributes'], rows);
      const entry = catalog.resolve(statement.name, statement.span);
      const comments = columnComments(entry);
      return rowsResult(
        ['column', 'type', 'attributes', 'comment'],
        [
          ...rows.map((row) => [...row, comments.get(row[0] ?? '') ?? '']),
          ...tableFacts(entry).map(([name, value]) => [`# ${name}`, value, '', '']),
        ],
      );
    }
    case 'describe-job':
      return describeJob(statement, host.jobs);
    case 'stop-job':
      // Waiting for its end is the caller's.
      return { kind: 'text', message: '' };
    case 'explain':
      return { kind: 'text', message: explain(statement, host, source) };
    case 'use':
      if (statement.what === 'catalog') checkCatalog(statement.name, statement.name[0]?.span ?? statement.span);
      else checkDatabase(statement.name, statement.name[0]?.span ?? statement.span);
      return {
        kind: 'set',
        message: `${statement.what} "${statement.name.map((one) => one.name).join('.')}" is in use`,
      };
    case 'analyze':
      catalog.resolve(statement.table, statement.table.at(-1)?.span ?? statement.span);
      host.warn('ANALYZE TABLE changes nothing: plans are made without statistics');
      return { kind: 'set', message: 'nothing to analyze' };
    default: {
      const known = ddlTarget(statement, catalog);
      catalog.applyDdl(statement, { session, source });
      return { kind: 'ddl', message: ddlMessage(statement, known) };
    }
  }
}

function columnRows(
  name: Parameters<Catalog['resolve']>[0],
  span: Parameters<Catalog['resolve']>[1],
  host: StatementHost,
): readonly (readonly string[])[] {
  const entry = host.catalog.resolve(name, name.at(-1)?.span ?? span);
  return host.describe(entry.name).map((one) => [one.name, one.type, one.attributes]);
}

/** Whether what a DDL statement names is there before it runs. */
function ddlTarget(statement: PlainStatement, catalog: Catalog): boolean {
  if (!('name' in statement) || !Array.isArray(statement.name)) return false;
  return catalog.get(simpleName(statement.name, statement.span)) !== undefined;
}
