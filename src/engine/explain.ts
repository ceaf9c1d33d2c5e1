import { PlanError } from '../errors/sluice-error.ts';
import type { SourceText } from '../errors/span.ts';
import type { CreateTable } from '../parser/ast/create-table.ts';
import type { Explain, InsertInto, Statement } from '../parser/ast/statements.ts';
import { printStatement } from '../parser/print.ts';
import type { Catalog } from '../planner/catalog.ts';
import { explainJson, explainMermaid, explainText, type Shown } from '../planner/explain.ts';
import { planJobStages, planStages, type PlanStages } from '../planner/plan-job.ts';
import type { Session } from '../planner/session.ts';
import type { ExplainFormat, ExplainStage } from './api.ts';
import { explainTree } from './explain-tree.ts';
import { jobInserts } from './job-inserts.ts';

interface Planning {
  readonly catalog: Catalog;
  readonly session: Session;
}

interface Asked {
  readonly stage: ExplainStage;
  readonly format: ExplainFormat;
  readonly shown?: Shown;
}

function explainPlan(stages: PlanStages, { stage, format, shown }: Asked): string {
  if (stage === 'ast') return '';
  switch (format) {
    case 'json':
      return JSON.stringify(explainJson(stages, stage, shown), null, 2);
    case 'mermaid':
      return explainMermaid(stages, stage, shown);
    case 'text':
      return explainText(stages, stage, shown);
  }
}

/** INSERTs that are one job. */
export function explainInserts(
  inserts: readonly InsertInto[],
  asked: Asked,
  { catalog, session }: Planning,
  source: SourceText,
): string {
  return explainPlan(planJobStages(inserts, catalog, session, { source }), asked);
}

/** @throws PlanError PLAN_UNSUPPORTED for a statement without a plan */
export function explainOne(statement: Statement, asked: Asked, planning: Planning, source: SourceText): string {
  const { catalog, session } = planning;
  if (asked.stage === 'ast') {
    return statement.kind === 'insert' || statement.kind === 'query' || asked.format !== 'text'
      ? explainTree(statement, asked.format)
      : printStatement(statement);
  }
  if (statement.kind === 'insert' || statement.kind === 'query') {
    return explainPlan(planStages(statement, catalog, session, { source }), asked);
  }
  if (statement.kind === 'statement-set') return explainInserts(statement.inserts, asked, planning, source);
  if (statement.kind === 'create-table' && statement.query !== undefined) {
    return explainCreation(statement, asked, planning, source);
  }
  throw new PlanError('PLAN_UNSUPPORTED', 'only INSERT INTO and SELECT have a plan', { span: statement.span, source });
}

/** `CREATE TABLE … AS`: the table is there only while it is explained. */
function explainCreation(statement: CreateTable, asked: Asked, planning: Planning, source: SourceText): string {
  const name = statement.name.at(-1)?.name ?? '';
  const before = planning.catalog.get(name);
  try {
    const inserts = jobInserts(statement, planning, source) ?? [];
    return explainInserts(inserts, asked, planning, source);
  } finally {
    planning.catalog.restore(name, before);
  }
}

const noCosts = 'no costs are estimated; rules alone decide the plan';

/** EXPLAIN as a statement. */
export function explain(
  statement: Explain,
  planning: Planning & { warn(line: string): void },
  source: SourceText,
): string {
  const { details, stage = 'physical' } = statement;
  const changes = details.includes('changelog-mode');
  if (changes && stage !== 'physical') {
    throw new PlanError('PLAN_UNSUPPORTED', `CHANGELOG_MODE does not go with ${stage.toUpperCase()}`, {
      span: statement.span,
      hint: 'The kinds of rows are known of the physical plan.',
    });
  }
  const format = statement.format ?? (details.includes('json-execution-plan') ? 'json' : 'text');
  const text = explainOne(statement.statement, { stage, format, shown: { changes } }, planning, source);
  if (!details.includes('estimated-cost')) return text;
  if (format === 'text') return `${text}${text.endsWith('\n') ? '' : '\n'}note: ${noCosts}\n`;
  planning.warn(noCosts);
  return text;
}
