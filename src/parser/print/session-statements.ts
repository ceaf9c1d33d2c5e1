import type { SessionStatement } from '../ast/session-statements.ts';
import type { Explain, LikeFilter, Show } from '../ast/statements.ts';
import { nameText, qualifiedNameText, quoteString } from './names.ts';

export function likeText(like: LikeFilter | undefined): string {
  if (like === undefined) return '';
  return `${like.negated ? ' NOT' : ''} ${like.anyCase ? 'ILIKE' : 'LIKE'} ${quoteString(like.pattern.value)}`;
}

export function showText({ what, from, like }: Show): string {
  const words = what.replace('-', ' ').toUpperCase();
  return `SHOW ${words}${from ? ` FROM ${qualifiedNameText(from)}` : ''}${likeText(like)}`;
}

/** @param body the statement explained, printed */
export function explainText({ stage, details, format, statement }: Explain, body: string): string {
  let head = 'EXPLAIN ';
  if (stage) head += `${stage.toUpperCase()} `;
  if (details.length > 0) head += `${details.map((one) => one.replaceAll('-', '_').toUpperCase()).join(', ')} `;
  if (format) head += `FORMAT ${format.toUpperCase()} `;
  return head + (statement.kind === 'statement-set' ? body.replace(/^EXECUTE /, '') : body);
}

export function sessionStatementText(statement: SessionStatement): string {
  switch (statement.kind) {
    case 'use':
      return `USE ${statement.what === 'catalog' ? 'CATALOG ' : ''}${qualifiedNameText(statement.name)}`;
    case 'stop-job':
      return `STOP JOB ${quoteString(statement.job.value)}`;
    case 'describe-job':
      return `DESCRIBE JOB ${quoteString(statement.job.value)}`;
    case 'analyze': {
      const { columns } = statement;
      const list =
        columns === 'all' ? ' FOR ALL COLUMNS' : columns ? ` FOR COLUMNS ${columns.map(nameText).join(', ')}` : '';
      return `ANALYZE TABLE ${qualifiedNameText(statement.table)} COMPUTE STATISTICS${list}`;
    }
  }
}
