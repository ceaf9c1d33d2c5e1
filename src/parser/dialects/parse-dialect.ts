import { ParseError } from '../../errors/sluice-error.ts';
import type { SourceText } from '../../errors/span.ts';
import type { Query } from '../ast/query.ts';
import { closestWord } from '../closest-word.ts';
import { syntaxErrors } from '../messages.ts';
import { parseQuery } from '../parse.ts';
import { dialects } from './registry.ts';
import type { DialectContext } from './registry.ts';

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
    return parse(source, context);
  } catch (error) {
    throw error instanceof ParseError ? error.withSource(source) : error;
  }
}
