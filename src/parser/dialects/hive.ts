import type { SourceText } from '../../errors/span.ts';
import type { Query } from '../ast/query.ts';
import type { DialectSyntax } from './dialect-syntax.ts';
import { hiveFunctions } from './function-tables.ts';
import { readQuery } from './read-query.ts';

export const hiveSyntax: DialectSyntax = {
  name: 'Hive',
  doubleQuotes: 'string',
  backticks: true,
  backslashes: true,
  escapePrefix: false,
  dollarStrings: false,
  hashComments: false,
  barsMeanOr: false,
  nulls: 'smallest',
  groupByAlias: false,
  plainDecimal: [10, 0],
  functions: hiveFunctions,
  types: {},
};

/** One query as Hive writes it. */
export function parseHive(source: SourceText): Query {
  return readQuery(source, hiveSyntax);
}
