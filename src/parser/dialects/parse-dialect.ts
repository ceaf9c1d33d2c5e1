import { ParseError } from '../../errors/sluice-error.ts';
import type { SourceText } from '../../errors/span.ts';
import type { Query } from '../ast/query.ts';
import { closestWord } from '../closest-word.ts';
import { syntaxErrors } from '../messages.ts';
import { parseQuery } from '../parse.ts';
import { dialects } from './registry.ts';
import type { Dialect, DialectContext } from './registry.ts';

/** Our own dialect, under the name it has in settings. */
const ownDialect = 'blink';

/**
 * One query written in the named dialect (`blink` is our own).
 * @throws ParseError PARSE_DIALECT when the dialect does not exist or the query holds what cannot be taken over.
 */
export async function parseDialect(name: string, source: SourceText, context: DialectContext = {}): Promise<Query> {
  const key = name.toLowerCase();
  if (key === ownDialect) return parseQuery(source);
  const known = [ownDialect, ...Object.keys(dialects)];
  const dialect = Object.hasOwn(dialects, key) ? dialects[key] : undefined;
  try {
    if (!dialect) throw syntaxErrors.unknownDialect(name, closestWord(key, known), known);
    const parse = await dialect.load();
    try {
      return parse(source, context);
    } catch (error) {
      const query = isUnread(error) ? await readSecond(dialect, source) : undefined;
      if (query === undefined) throw error;
      return query;
    }
  } catch (error) {
    throw error instanceof ParseError ? error.withSource(source) : error;
  }
}

/** The text may be right and our grammar lack the form; what it read and refused by name stays refused. */
function isUnread(error: unknown): boolean {
  return error instanceof ParseError && error.code === 'PARSE_SYNTAX';
}

async function readSecond({ second }: Dialect, source: SourceText): Promise<Query | undefined> {
  if (second === undefined) return undefined;
  const { readForeign } = await import('./foreign/second-reader.ts');
  return readForeign(source, await second.syntax(), second.database);
}
