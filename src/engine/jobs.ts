import { PlanError } from '../errors/sluice-error.ts';
import { suggest } from '../errors/suggest.ts';
import type { StringLiteral } from '../parser/ast/expression.ts';
import type { DescribeJob } from '../parser/ast/session-statements.ts';
import type { Job, StatementResult } from './api.ts';
import { rowsResult, type Cells } from './rows-result.ts';

/** Jobs by the number of their start, from 1. */
export function jobRows(jobs: readonly Job[]): readonly Cells[] {
  return jobs.map((job, i) => [job.name, job.status, String(i + 1)]);
}

export function describeJob({ job: wanted }: DescribeJob, jobs: readonly Job[]): StatementResult {
  const job = findJob(wanted, jobs);
  const { rows, bytes, elapsedMs } = job.progress();
  return rowsResult(
    ['property', 'value'],
    [
      ['job', job.name],
      ['id', String(jobs.indexOf(job) + 1)],
      ['status', job.status],
      ['rows read', String(rows)],
      ['bytes read', String(bytes)],
      ['runs since', `${Math.round(elapsedMs)} ms`],
    ],
  );
}

/** By name, else by number; of several of one name the one that runs. @throws PlanError PLAN_UNKNOWN_JOB */
export function findJob({ value, span }: StringLiteral, jobs: readonly Job[]): Job {
  const named = jobs.filter((job) => job.name === value);
  const running = named.filter((job) => job.status === 'running');
  if (running.length > 1) {
    throw new PlanError('PLAN_UNKNOWN_JOB', `${running.length} running jobs are called "${value}"`, {
      span,
      hint: 'Name it by its id: SHOW JOBS lists them.',
    });
  }
  const found = running[0] ?? named.at(-1) ?? (/^[1-9]\d*$/.test(value) ? jobs[Number(value) - 1] : undefined);
  if (found !== undefined) return found;
  const close = suggest(
    value,
    jobs.map((job) => job.name),
  );
  const all = jobs.length === 0 ? 'No job was started.' : 'Run: SHOW JOBS.';
  throw new PlanError('PLAN_UNKNOWN_JOB', `job "${value}" does not exist`, {
    span,
    hint: close === undefined ? all : `Did you mean "${close}"?  ${all}`,
  });
}
