import { createRequire } from 'node:module';
import { ParseError } from '../../../errors/sluice-error.ts';
import type { SourceText } from '../../../errors/span.ts';
import type { Query } from '../../ast/query.ts';
import type { DialectSyntax } from '../dialect-syntax.ts';
import { rewriteQuery } from '../rewrite-query.ts';
import { parseForeign } from './guarded-parser.ts';
import { QueryLowering } from './lower-query.ts';
import { Lowering } from './lowering.ts';
import { maskText } from './masked-text.ts';

const require = createRequire(import.meta.url);

/** The builds of node-sql-parser, one a dialect, by the name each of them answers to. */
const builds: Readonly<Record<string, () => string>> = {
  mysql: () => require.resolve('node-sql-parser/build/mysql.js'),
  postgresql: () => require.resolve('node-sql-parser/build/postgresql.js'),
  trino: () => require.resolve('node-sql-parser/build/trino.js'),
  hive: () => require.resolve('node-sql-parser/build/hive.js'),
};

/**
 * What our own grammar cannot read of another system, node-sql-parser may: its tree is lowered to ours. Strings keep
 * their places, all other nodes have the span of the whole query.
 * @param database the name of its grammar
 * @returns undefined where it cannot read the text either, or reads what has no counterpart here
 */
export async function readForeign(
  { text }: SourceText,
  syntax: DialectSyntax,
  database: string,
): Promise<Query | undefined> {
  const span = { start: text.length - text.trimStart().length, end: text.trimEnd().length };
  try {
    const masked = maskText(text, syntax);
    const build = builds[database];
    if (build === undefined) return undefined;
    const module = build();
    const result = await parseForeign({ module, database }, masked.text);
    if (result.kind !== 'tree') return undefined;
    const lowering = new Lowering(syntax.name, span, masked);
    const statements = lowering.list(result.tree);
    if (statements.length !== 1) return undefined;
    const query = new QueryLowering(lowering).lower(statements[0]);
    return rewriteQuery(query, syntax, { like: new Map(), binary: new Set(), item: new Map() });
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
