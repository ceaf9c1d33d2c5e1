import type { SourceText } from '../../errors/span.ts';
import type { Query } from '../ast/query.ts';
import type { DialectSyntax } from './dialect-syntax.ts';
import { trinoFunctions } from './function-tables.ts';
import { readQuery } from './read-query.ts';

export const trinoSyntax: DialectSyntax = {
  name: 'Trino',
  doubleQuotes: 'name',
  backticks: false,
  backslashes: false,
  escapePrefix: false,
  dollarStrings: false,
  hashComments: false,
  barsMeanOr: false,
  nulls: 'last',
  groupByAlias: false,
  plainDecimal: [38, 0],
  functions: trinoFunctions,
  types: {},
};

/** One query as Trino writes it. */
export function parseTrino(source: SourceText): Query {
  return readQuery(source, trinoSyntax);
}
