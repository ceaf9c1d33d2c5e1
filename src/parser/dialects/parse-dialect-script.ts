import type { SourceText } from '../../errors/span.ts';
import type { Statement } from '../ast/statements.ts';
import { parseScript } from '../parse.ts';
import type { ParseOptions } from '../parse.ts';
import { splitStatements } from '../split-statements.ts';
import { parseDialect } from './parse-dialect.ts';
import type { DialectContext } from './registry.ts';

/** Words that begin statements of ours which no query of another system begins with. */
const ownStatement =
  /^(?:SET\s+['`\w]|RESET\b|SHOW\s+\w|DESC(?:RIBE)?\s+\w|CREATE\s+\w|DROP\s+\w|ALTER\s+\w|INSERT\s+(?:INTO|OVERWRITE)\b|EXPLAIN\s+\w|USE\s+\w)/i;

/** A script whose queries are written in another dialect; all other statements are ours. */
export async function parseDialectScript(
  dialect: string,
  source: SourceText,
  context: DialectContext,
  options: ParseOptions,
): Promise<Statement[]> {
  const { complete, rest } = splitStatements(source.text);
  const parts = complete.map(({ start, end }) => ({ start, end }));
  if (rest !== '') {
    const start = source.text.trimEnd().length - rest.length;
    parts.push({ start, end: source.text.length });
  }
  const own = parts.map(({ start, end }) => ownStatement.test(source.text.slice(start, end)));
  if (!own.some(Boolean) || parts.length === 0) return [await oneQuery(dialect, source, context)];
  const statements: Statement[] = [];
  for (const [i, { start, end }] of parts.entries()) {
    // blanks keep the places
    const text = blank(source.text.slice(0, start)) + source.text.slice(start, end);
    if (own[i] === true) statements.push(...parseScript({ ...source, text }, options));
    else statements.push(await oneQuery(dialect, { ...source, text }, context));
  }
  return statements;
}

async function oneQuery(dialect: string, source: SourceText, context: DialectContext): Promise<Statement> {
  const query = await parseDialect(dialect, source, context);
  return { kind: 'query', query, emit: [], span: query.span };
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ');
}
