import { PlanError } from '../errors/sluice-error.ts';
import type { SourceText } from '../errors/span.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { Query } from '../parser/ast/query.ts';
import type { EmitStrategy, InsertInto, QueryStatement, Statement } from '../parser/ast/statements.ts';
import type { Schema } from '../types/schema.ts';
import { bindContext } from './bind/bind-context.ts';
import { bindInsert } from './bind/bind-insert.ts';
import { bindQuery } from './bind/bind-query.ts';
import type { Catalog } from './catalog.ts';
import { checkSameEmit, withEmit } from './emit.ts';
import type { LogicalRoot } from './logical/plan.ts';
import { checkMovingSplits } from './physical/check-moving-splits.ts';
import { lower } from './physical/lower.ts';
import type { PhysicalPlan } from './physical/plan.ts';
import { optimize, type RuleObserver } from './rules/optimize.ts';
import { optimizeJob, type BoundRoot } from './rules/optimize-job.ts';
import type { Session } from './session.ts';

export interface PlanOptions {
  /** The text that the spans of the statements point into. */
  readonly source?: SourceText | undefined;
  /** Sees the plan after each rule that changed it. */
  readonly observe?: RuleObserver | undefined;
}

/** Every stage of one plan. */
export interface PlanStages {
  readonly logical: readonly LogicalRoot[];
  readonly optimized: readonly LogicalRoot[];
  readonly physical: PhysicalPlan;
}

/**
 * Plans the INSERTs of a script as one job. CREATE, DROP and SET before them take effect in `catalog` and `session`,
 * in order; other statements are left to the caller. Opens no connection.
 * @throws SluiceError of the PLAN_, TYPE_ and CONNECTOR_ codes
 */
export function planJob(
  statements: readonly Statement[],
  catalog: Catalog,
  session: Session,
  options: PlanOptions = {},
): PhysicalPlan {
  return planJobStages(statements, catalog, session, options).physical;
}

export function planJobStages(
  statements: readonly Statement[],
  catalog: Catalog,
  session: Session,
  options: PlanOptions = {},
): PlanStages {
  return placed(options.source, () => {
    const warnings: string[] = [];
    const logical: BoundRoot[] = [];
    for (const statement of statements) {
      const warning = applySetting(statement, session);
      if (warning !== undefined) warnings.push(warning);
      const inserts = insertsOf(statement);
      const context = bindContext(catalog, session);
      for (const insert of inserts) {
        const root = withEmit(bindInsert(insert, context), insert.emit, context, (line) => warnings.push(line));
        logical.push(boundIn(session, root));
      }
      if (inserts.length === 0) catalog.applyDdl(statement, { session, source: options.source });
    }
    if (logical.length === 0) {
      throw new PlanError('PLAN_INSERT', 'the job has no INSERT INTO', {
        hint: 'Every data flow of a job ends in INSERT INTO; run a single SELECT as a query.',
      });
    }
    const emits = statements.flatMap((one) => insertsOf(one).map((insert) => insert.emit));
    checkSameEmit(emits, bindContext(catalog, session));
    return finish(logical, session, options, warnings);
  });
}

function insertsOf(statement: Statement): readonly InsertInto[] {
  if (statement.kind === 'statement-set') return statement.inserts;
  return statement.kind === 'insert' ? [statement] : [];
}

/** Plans one query whose rows go to the caller. @throws as planJob */
export function planQuery(
  query: Query | QueryStatement,
  catalog: Catalog,
  session: Session,
  options: PlanOptions = {},
): { readonly plan: PhysicalPlan; readonly schema: Schema } {
  const { physical, logical } = planStages(query, catalog, session, options);
  return { plan: physical, schema: logical[0]!.schema };
}

/** The stages of one INSERT or query, for EXPLAIN. @throws as planJob */
export function planStages(
  statement: InsertInto | QueryStatement | Query,
  catalog: Catalog,
  session: Session,
  options: PlanOptions = {},
): PlanStages {
  return placed(options.source, () => {
    const context = bindContext(catalog, session);
    const warnings: string[] = [];
    const emitting = <R extends LogicalRoot>(root: R, emit: readonly EmitStrategy[]): R =>
      withEmit(root, emit, context, (line) => warnings.push(line));
    if (statement.kind === 'insert') {
      const root = emitting(bindInsert(statement, context), statement.emit);
      return finish([boundIn(session, root)], session, options, warnings);
    }
    const query = statement.kind === 'query' ? statement.query : statement;
    const input = bindQuery(query, context);
    const root: LogicalRoot = { kind: 'collect', input, schema: input.schema, span: query.span };
    const emit = statement.kind === 'query' ? statement.emit : [];
    return finish([boundIn(session, emitting(root, emit))], session, options, warnings);
  });
}

function boundIn(session: Session, root: LogicalRoot): BoundRoot {
  return { root, context: JSON.stringify(session.functionContext()) };
}

function finish(
  bound: readonly BoundRoot[],
  session: Session,
  options: PlanOptions,
  warnings: readonly string[],
): PlanStages {
  const lines = [...warnings];
  const warn = (line: string): void => {
    if (!lines.includes(line)) lines.push(line);
  };
  const logical = bound.map((one) => one.root);
  const reuse = session.flag('table.optimizer.reuse-sub-plan-enabled');
  const optimized = reuse
    ? optimizeJob(bound, { session, warn }, options.observe)
    : optimize(logical, { session, warn }, { observe: options.observe });
  const physical = lower(optimized, { stateTtlMs: session.int('blink.state.ttl.ms'), reuse }, lines);
  checkMovingSplits(physical);
  return { logical, optimized, physical };
}

/** SET and RESET. @returns a warning for a setting that changes nothing yet */
export function applySetting(statement: Statement, session: Session): string | undefined {
  if (statement.kind === 'reset') session.reset(statement.key, statement.keySpan);
  if (statement.kind !== 'set' || statement.key === undefined || statement.value === undefined) return undefined;
  return session.set(statement.key, statement.value, { key: statement.keySpan, value: statement.valueSpan });
}

/** Errors of planning name the text they point into. */
function placed<T>(source: SourceText | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SluiceError && source !== undefined) error.withSource(source);
    throw error;
  }
}
