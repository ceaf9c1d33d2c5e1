import { connectorRegistry } from './connectors/registry.ts';
import { withCredentials } from './connectors/with-credentials.ts';
import type { RegisteredRows } from './contracts/registered.ts';
import type {
  ColumnInfo,
  EngineApi,
  EngineOptions,
  ExplainFormat,
  ExplainStage,
  Job,
  QueryResult,
  RegisterTableOptions,
  ScriptOptions,
  SubmitOptions,
  StatementResult,
  TableInfo,
} from './engine/api.ts';
import { checkConnections } from './engine/check-connections.ts';
import { ddlMessage } from './engine/ddl-message.ts';
import { tableColumns, tableInfo, unknownTable, viewColumns } from './engine/describe.ts';
import { explainInserts, explainOne } from './engine/explain.ts';
import { functionHost } from './engine/function-host.ts';
import { functionStatement, isFunctionStatement } from './engine/function-statements.ts';
import { jobInserts } from './engine/job-inserts.ts';
import { RunningJob } from './engine/running-job.ts';
import { logTable } from './engine/log-table.ts';
import { oneQuery } from './engine/one-query.ts';
import { placed } from './engine/placed.ts';
import { LazyQuery } from './engine/query-result.ts';
import { registration } from './engine/registration.ts';
import { answer, runNow, type PlainStatement, type StatementHost } from './engine/run-statement.ts';
import { registeredBatches } from './engine/registered-rows.ts';
import { startPlan, type StartContext } from './engine/start-plan.ts';
import { InternalError, PlanError, SluiceError } from './errors/sluice-error.ts';
import { renderAny } from './engine/render-any.ts';
import type { SourceText } from './errors/span.ts';
import type { UserFunctionRecord } from './contracts/user-function.ts';
import { createFunctionRegistry } from './functions/registry.ts';
import { UserFunctions } from './functions/user/user-registry.ts';
import type { Query } from './parser/ast/query.ts';
import type { InsertInto, Statement } from './parser/ast/statements.ts';
import { parseScript } from './parser/parse.ts';
import type { ParseOptions } from './parser/parse.ts';
import { Catalog } from './planner/catalog.ts';
import { isBounded, rowsToEnd } from './planner/physical/bounded.ts';
import { planJob, planQuery } from './planner/plan-job.ts';
import { Session } from './planner/session.ts';
import { timeZone } from './values/zone.ts';

const MAX_BATCH_ROWS = 4096;

/**
 * The engine: a catalog, a session, and the jobs and queries started from them. Everything a face does goes through it.
 * All failures are `SluiceError`. Not safe for use by several callers at once where they change settings.
 */
export class Engine implements EngineApi {
  readonly #catalog: Catalog;
  readonly #functions: UserFunctions;
  readonly #session: Session;
  readonly #options: EngineOptions;
  readonly #jobs: RunningJob[] = [];
  readonly #queries = new Set<LazyQuery>();
  readonly #registered = new Map<string, RegisteredRows>();
  /** Jobs that still connect, each with the way to stop it. */
  readonly #starting = new Map<AbortController, Promise<unknown>>();
  #jobNumber = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: EngineOptions) {
    this.#options = options;
    const providers = new Map(Object.entries(options.credentials ?? {}));
    const connectors = withCredentials(connectorRegistry, (name) => providers.get(name));
    this.#session = new Session(options.timeZone === undefined ? {} : { timeZone: options.timeZone });
    const host = { session: this.#session, variables: options.variables, warn: (line: string) => this.#warn(line) };
    this.#functions = new UserFunctions(createFunctionRegistry(), functionHost(host));
    this.#catalog = new Catalog({ functions: this.#functions, connectors });
    for (const [key, value] of Object.entries(options.settings ?? {})) this.#warn(this.#session.set(key, value));
  }

  /** @throws SluiceError PLAN_SETTING for a setting that does not exist, PLAN_UNSUPPORTED for options of later releases */
  static open(options: EngineOptions = {}): Promise<Engine> {
    return Promise.resolve().then(() => {
      if (options.stateDir !== undefined)
        throw new PlanError('PLAN_UNSUPPORTED', 'a state directory is not supported yet');
      if ((options.parallelism ?? 1) !== 1)
        throw new PlanError('PLAN_UNSUPPORTED', 'parallelism above 1 is not supported yet');
      return new Engine(options);
    });
  }

  async execute(
    script: string,
    options: ScriptOptions & Pick<SubmitOptions, 'signal'> = {},
  ): Promise<StatementResult[]> {
    const source = this.#source(script, options);
    const results: StatementResult[] = [];
    const inserts: InsertInto[] = [];
    for (const statement of await this.#parse(source, options)) {
      const own = jobInserts(statement, this.#planning, source);
      if (own === undefined) results.push(await answer(statement as PlainStatement, source, this.#host));
      else inserts.push(...own);
      if (own !== undefined && statement.kind === 'create-table') {
        results.push({ kind: 'ddl', message: ddlMessage(statement, own.length === 0) });
      }
    }
    if (inserts.length > 0) {
      const job = await this.#startJob(inserts, source, options.signal === undefined ? {} : { signal: options.signal });
      results.push({ kind: 'job', message: `job "${job.name}" started`, job });
    }
    return results;
  }

  query(sql: string, options: ScriptOptions = {}): QueryResult {
    if (options.dialect !== undefined && options.dialect !== 'blink') {
      throw new PlanError('PARSE_DIALECT', `dialect "${options.dialect}" is loaded on demand`, {
        hint: 'Use await engine.prepare(sql, { dialect }).',
      });
    }
    const source = this.#source(sql, options);
    return this.#query(oneQuery(this.#parseBlink(source), source), source);
  }

  async prepare(sql: string, options: ScriptOptions = {}): Promise<QueryResult> {
    const source = this.#source(sql, options);
    return this.#query(oneQuery(await this.#parse(source, options), source), source);
  }

  async submit(script: string, options: SubmitOptions = {}): Promise<Job> {
    const source = this.#source(script, options);
    const inserts = await this.#prepareJob(await this.#parse(source, options), source);
    return this.#startJob(inserts, source, options);
  }

  async check(script: string, options: ScriptOptions & { readonly connect?: boolean } = {}): Promise<string[]> {
    const source = this.#source(script, options);
    const statements = await this.#parse(source, options);
    const inserts: InsertInto[] = [];
    const lines: string[] = [];
    for (const statement of statements) {
      const own = jobInserts(statement, this.#planning, source);
      if (own !== undefined) inserts.push(...own);
      else if (isFunctionStatement(statement)) await functionStatement(statement, this.#functions, source);
      else if (statement.kind === 'query') planQuery(statement, this.#catalog, this.#session, { source });
      else placed(source, () => runNow(statement as PlainStatement, source, this.#host));
    }
    if (inserts.length > 0) {
      const plan = planJob(inserts, this.#catalog, this.#session, { source });
      lines.push(...plan.warnings);
      if (options.connect === true) lines.push(...(await checkConnections(plan, this.#context())));
    }
    const queries = statements.filter((one) => one.kind === 'query').length;
    const counts = [
      counted(statements.length, 'statement', 'statements'),
      counted(inserts.length, 'INSERT', 'INSERTs'),
      counted(queries, 'query', 'queries'),
    ];
    lines.push(`${counts.join(', ')}: no mistakes found`);
    return lines;
  }

  async explain(
    script: string,
    options: ScriptOptions & { readonly stage?: ExplainStage; readonly format?: ExplainFormat } = {},
  ): Promise<string> {
    const source = this.#source(script, options);
    const { stage = 'physical', format = 'text' } = options;
    const asked = { stage, format };
    const texts: string[] = [];
    const inserts: InsertInto[] = [];
    for (const statement of await this.#parse(source, options)) {
      const own =
        stage === 'ast' && statement.kind !== 'create-table'
          ? undefined
          : jobInserts(statement, this.#planning, source);
      if (own !== undefined) {
        if (stage === 'ast') texts.push(explainOne(statement, asked, this.#planning, source));
        else inserts.push(...own);
      } else if (statement.kind === 'insert' || statement.kind === 'statement-set' || statement.kind === 'query') {
        texts.push(explainOne(statement, asked, this.#planning, source));
      } else if (isFunctionStatement(statement)) {
        await functionStatement(statement, this.#functions, source);
      } else {
        const result = placed(source, () => runNow(statement, source, this.#host));
        if (statement.kind === 'explain') texts.push(result.message);
      }
    }
    // All INSERTs run as one job, which reads a table once for all of them.
    if (inserts.length > 0 && stage !== 'ast') texts.push(explainInserts(inserts, asked, this.#planning, source));
    if (texts.length === 0) {
      throw new PlanError('PLAN_UNSUPPORTED', 'there is nothing to explain', {
        hint: 'EXPLAIN shows the plan of INSERT INTO and SELECT.',
      });
    }
    return texts.join('\n\n');
  }

  tables(): readonly TableInfo[] {
    return this.#catalog.entries().map(tableInfo);
  }

  describe(name: string): readonly ColumnInfo[] {
    const entry = this.#catalog.get(name);
    if (entry === undefined) {
      throw unknownTable(
        name,
        this.#catalog.entries().map((one) => one.name),
      );
    }
    if (entry.kind === 'table') return tableColumns(entry);
    const { schema } = planQuery(entry.statement.query, this.#catalog, this.#session, { source: entry.source });
    return viewColumns(schema.fields, entry.statement.columns);
  }

  renderError(error: unknown, options: { readonly color?: boolean } = {}): string {
    return renderAny(error, options.color === true);
  }

  registerTable(name: string, options: RegisterTableOptions): void {
    const { table, physical } = registration(name, options);
    const entry = this.#catalog.registerTable(table, this.#session);
    const zone = timeZone(entry.descriptor.timeZone);
    this.#registered.set(entry.name, {
      batches: () =>
        registeredBatches(options.rows, {
          table: name,
          schema: physical,
          zone,
          maxBatchRows: MAX_BATCH_ROWS,
          changes: options.changes,
        }),
    });
  }

  registerFunction(record: UserFunctionRecord): void {
    this.#functions.add(record, { name: undefined, origin: 'registerFunction' });
  }

  /** Stops what runs and what still connects, and waits for it; whoever calls again waits for the same. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    for (const halt of this.#starting.keys()) halt.abort();
    await Promise.allSettled([
      ...this.#starting.values(),
      ...[...this.#queries].map((query) => query.stop()),
      ...this.#jobs.map((job) => job.stop()),
    ]);
    this.#functions.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #query(statement: Query | Extract<Statement, { kind: 'query' }>, source: SourceText): QueryResult {
    this.#open();
    const { plan, schema } = planQuery(statement, this.#catalog, this.#session, { source });
    const context = this.#session.functionContext();
    const root = plan.roots[0];
    const query: LazyQuery = new LazyQuery({
      schema,
      bounded: isBounded(plan),
      endAfter: rowsToEnd(plan),
      updating: root?.input.changelog !== 'insert-only' && root !== undefined,
      upsertKey: undefined,
      text: { zone: timeZone(context.timeZone), compatibility: context.compatibility },
      start: async (signal) => {
        this.#open();
        this.#queries.add(query);
        try {
          const started = await startPlan(plan, 'query', this.#context(), signal);
          const closed = (): Promise<void> => started.done.catch(() => undefined);
          void closed().then(() => this.#queries.delete(query));
          if (started.results === undefined) throw new InternalError('a query without a result');
          return { changes: started.results, stop: () => started.stop(), closed, metrics: () => started.metrics() };
        } catch (error) {
          this.#queries.delete(query);
          throw error;
        }
      },
    });
    return query;
  }

  /** Applies everything but the INSERTs; a SELECT has no place in a job. */
  async #prepareJob(statements: readonly Statement[], source: SourceText): Promise<InsertInto[]> {
    const inserts: InsertInto[] = [];
    for (const statement of statements) {
      const own = jobInserts(statement, this.#planning, source);
      if (own !== undefined) {
        inserts.push(...own);
      } else if (statement.kind === 'query') {
        throw new PlanError('PLAN_INSERT', 'a job does not hold a bare SELECT', {
          span: statement.span,
          source,
          hint: "Write INSERT INTO a table (type = 'print' shows rows), or run it with sluice query --file.",
        });
      } else {
        await answer(statement as PlainStatement, source, this.#host);
      }
    }
    return inserts;
  }

  async #startJob(inserts: readonly InsertInto[], source: SourceText, options: SubmitOptions): Promise<RunningJob> {
    this.#open();
    const plan = planJob(inserts, this.#catalog, this.#session, { source });
    const jobName = options.jobName ?? (this.#session.get('blink.job.name') || `job-${++this.#jobNumber}`);
    const halt = new AbortController();
    const stop = (): void => halt.abort();
    if (options.signal?.aborted === true) stop();
    options.signal?.addEventListener('abort', stop, { once: true });
    const starting = startPlan(plan, jobName, this.#context(), halt.signal);
    this.#starting.set(halt, starting);
    try {
      const job = new RunningJob(jobName, await starting);
      this.#jobs.push(job);
      return job;
    } finally {
      this.#starting.delete(halt);
      options.signal?.removeEventListener('abort', stop);
    }
  }

  get #planning(): { readonly catalog: Catalog; readonly session: Session } {
    return { catalog: this.#catalog, session: this.#session };
  }

  get #host(): StatementHost {
    return {
      ...this.#planning,
      functions: this.#functions,
      jobs: this.#jobs,
      warn: (line) => this.#warn(line),
      query: (statement, source) => this.#query(statement, source),
      describe: (name) => this.describe(name),
      startContext: () => this.#context(),
    };
  }

  #context(): StartContext {
    return {
      session: this.#session,
      registered: this.#registered,
      maxBatchRows: MAX_BATCH_ROWS,
      warn: (line) => this.#warn(line),
      onProgress: this.#options.onProgress,
    };
  }

  async #parse(source: SourceText, options: ScriptOptions): Promise<readonly Statement[]> {
    const dialect = options.dialect ?? this.#session.get('sql.dialect');
    if (dialect === '' || dialect.toLowerCase() === 'blink') return this.#parseBlink(source);
    const { parseDialectScript } = await import('./parser/dialects/parse-dialect-script.ts');
    const named = options.table ?? this.#session.get('sql.sls.table');
    const context = { logTable: () => logTable(this.#catalog, named) };
    return parseDialectScript(dialect, source, context, this.#parseOptions());
  }

  #parseBlink(source: SourceText): Statement[] {
    return parseScript(source, this.#parseOptions());
  }

  #parseOptions(): ParseOptions {
    const { variables } = this.#options;
    return { variables: (name) => variables?.[name] ?? process.env[name] };
  }

  #source(text: string, options: ScriptOptions): SourceText {
    return { name: options.name ?? '<script>', text };
  }

  #warn(line: string | undefined): void {
    if (line === undefined) return;
    if (this.#options.onWarning !== undefined) this.#options.onWarning(line);
    else process.stderr.write(`warning: ${line}\n`);
  }

  #open(): void {
    if (this.#closing !== undefined) throw new SluiceError('JOB_CANCELLED', 'the engine is closed');
  }
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}
