import type { SourceText } from '../../errors/span.ts';
import type { Query } from '../ast/query.ts';
import type { DialectSyntax } from './dialect-syntax.ts';
import { mysqlFunctions } from './function-tables.ts';
import { readQuery } from './read-query.ts';

export const mysqlSyntax: DialectSyntax = {
  name: 'MySQL',
  doubleQuotes: 'string',
  backticks: true,
  backslashes: true,
  escapePrefix: false,
  dollarStrings: false,
  hashComments: true,
  barsMeanOr: true,
  nulls: 'smallest',
  groupByAlias: true,
  plainDecimal: [10, 0],
  functions: mysqlFunctions,
  types: {},
};

/** One query as MySQL writes it. */
export function parseMysql(source: SourceText): Query {
  return readQuery(source, mysqlSyntax);
}
