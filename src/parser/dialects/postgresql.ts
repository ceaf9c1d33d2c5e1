import type { SourceText } from '../../errors/span.ts';
import type { Query } from '../ast/query.ts';
import type { DialectSyntax } from './dialect-syntax.ts';
import { postgresqlFunctions } from './function-tables.ts';
import { readQuery } from './read-query.ts';

export const postgresqlSyntax: DialectSyntax = {
  name: 'PostgreSQL',
  doubleQuotes: 'name',
  backticks: false,
  backslashes: false,
  escapePrefix: true,
  dollarStrings: true,
  hashComments: false,
  barsMeanOr: false,
  nulls: 'greatest',
  groupByAlias: true,
  plainDecimal: [],
  functions: postgresqlFunctions,
  types: {},
};

/** One query as PostgreSQL writes it. */
export function parsePostgresql(source: SourceText): Query {
  return readQuery(source, postgresqlSyntax);
}
