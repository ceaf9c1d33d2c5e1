import { createRequire } from 'node:module';
import type { SourceText } from '../../errors/span.ts';
import type { Query } from '../ast/query.ts';
import { syntaxErrors } from '../messages.ts';
import { parseForeign } from './guarded-parser.ts';
import { QueryLowering } from './lower-query.ts';
import { Lowering } from './lowering.ts';
import { maskText } from './masked-text.ts';

const dialect = 'MySQL';
const require = createRequire(import.meta.url);

/** One SELECT as MySQL writes it. Strings keep their places; all other nodes have the span of the whole query. */
export async function parseMysql(source: SourceText): Promise<Query> {
  const { text } = source;
  const start = text.length - text.trimStart().length;
  const span = { start, end: Math.max(start, text.trimEnd().length) };
  if (span.start === span.end) throw syntaxErrors.emptyText('a query', span);
  const grammar = { module: require.resolve('node-sql-parser/build/mysql.js'), database: 'mysql' };
  const masked = maskText(text, dialect);
  const result = await parseForeign(grammar, masked.text);
  if (result.kind === 'timeout') throw syntaxErrors.dialectCostly(dialect, span);
  if (result.kind === 'refused') {
    if (result.offset === undefined) throw syntaxErrors.dialectRefused(dialect, undefined, span);
    const at = Math.min(masked.originalOffset(result.offset), text.length);
    throw syntaxErrors.dialectRefused(dialect, text.slice(at, at + 1), {
      start: at,
      end: Math.min(at + 1, text.length),
    });
  }
  const lowering = new Lowering(dialect, span, masked);
  const statements = lowering.list(result.tree);
  if (statements.length !== 1) throw syntaxErrors.oneStatement(span);
  return new QueryLowering(lowering).lower(statements[0]);
}
