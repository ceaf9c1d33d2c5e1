import type { Span } from '../../errors/span.ts';
import type { Identifier, StringLiteral } from './expression.ts';
import type { InsertInto } from './statements.ts';

/** `USE CATALOG default_catalog`, `USE default_database`. */
export interface Use {
  readonly kind: 'use';
  readonly what: 'catalog' | 'database';
  readonly name: readonly Identifier[];
  readonly span: Span;
}

/** `EXECUTE STATEMENT SET BEGIN …; END` and `BEGIN STATEMENT SET; …; END`: INSERTs that are one job. */
export interface StatementSet {
  readonly kind: 'statement-set';
  readonly inserts: readonly InsertInto[];
  readonly span: Span;
}

/** `STOP JOB 'name'`: by name, or by the number that SHOW JOBS gives. */
export interface StopJob {
  readonly kind: 'stop-job';
  readonly job: StringLiteral;
  readonly span: Span;
}

/** `DESCRIBE JOB 'name'`. */
export interface DescribeJob {
  readonly kind: 'describe-job';
  readonly job: StringLiteral;
  readonly span: Span;
}

/** `ANALYZE TABLE t COMPUTE STATISTICS [FOR COLUMNS a, b | FOR ALL COLUMNS]`. */
export interface AnalyzeTable {
  readonly kind: 'analyze';
  readonly table: readonly Identifier[];
  readonly columns: readonly Identifier[] | 'all' | undefined;
  readonly span: Span;
}

export type SessionStatement = Use | StopJob | DescribeJob | AnalyzeTable;
