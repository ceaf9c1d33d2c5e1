import type { Expression, FunctionCall, TypeName } from '../ast/expression.ts';
import type { RewriteTools } from './rewrite-query.ts';

/** A call written by our functions: a text in which `_1`, `_2` … stand for the arguments, or code where a text cannot say it. */
export type FunctionRewrite = string | ((call: FunctionCall, tools: RewriteTools) => Expression);

/** What sets the SQL of another system apart from ours. */
export interface DialectSyntax {
  /** As people write it, for messages. */
  readonly name: string;
  readonly doubleQuotes: 'name' | 'string';
  readonly backticks: boolean;
  /** `\n` in every string; PostgreSQL has it in `E'…'` only. */
  readonly backslashes: boolean;
  readonly escapePrefix: boolean;
  readonly dollarStrings: boolean;
  readonly hashComments: boolean;
  /** `a || b` is `a OR b`. */
  readonly barsMeanOr: boolean;
  /** Where NULL stands when ORDER BY does not say; ours is the smallest value. */
  readonly nulls: 'smallest' | 'greatest' | 'last';
  /** May GROUP BY name what the select list calls an expression? */
  readonly groupByAlias: boolean;
  /** Digits and scale of DECIMAL without parentheses. */
  readonly plainDecimal: readonly number[];
  /** By lower-case name, or `name/count` for a number of arguments. Null: refused, with what to write instead. */
  readonly functions: Readonly<Record<string, FunctionRewrite>>;
  /** Type names besides the common ones. */
  readonly types: Readonly<Record<string, TypeName['name']>>;
}
