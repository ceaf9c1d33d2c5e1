import type { Span } from '../errors/span.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { Value } from '../columnar/builder.ts';
import type { ScalarImplementation } from './function.ts';

/** The value of a literal; named here for rooms that see expressions but no columns (the planner). */
export type { Value } from '../columnar/builder.ts';

/**
 * A bound, typed expression over the columns of one input. Coercions are explicit (`CAST` calls), names are column
 * indexes, functions are resolved. What the planner rewrites, `expr/` evaluates and connectors inspect for push-down.
 */
export type Expr = ColumnExpr | LiteralExpr | CallExpr | CaseExpr | LogicExpr | NotExpr | NullTestExpr | InExpr;

interface ExprBase {
  readonly type: SqlType;
  readonly span?: Span | undefined;
}

/** Column `index` of the input. `name` is for plans and messages only. */
export interface ColumnExpr extends ExprBase {
  readonly kind: 'column';
  readonly index: number;
  readonly name: string;
}

/** A constant in the JS form of its layout; `null` is SQL NULL. */
export interface LiteralExpr extends ExprBase {
  readonly kind: 'literal';
  readonly value: Value;
}

/** A function, operator or cast; `name` is the upper-case catalog name (`UPPER`, `+`, `CAST`). */
export interface CallExpr extends ExprBase {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
  readonly impl: ScalarImplementation;
}

/** Searched CASE; `otherwise` is a NULL literal where there is no ELSE. Only the taken branch is evaluated. */
export interface CaseExpr extends ExprBase {
  readonly kind: 'case';
  readonly whens: readonly { readonly when: Expr; readonly then: Expr }[];
  readonly otherwise: Expr;
}

/** n-ary three-valued AND / OR, evaluated left to right and cut short. */
export interface LogicExpr extends ExprBase {
  readonly kind: 'and' | 'or';
  readonly args: readonly Expr[];
}

export interface NotExpr extends ExprBase {
  readonly kind: 'not';
  readonly arg: Expr;
}

/** `IS [NOT] NULL`; never NULL itself. */
export interface NullTestExpr extends ExprBase {
  readonly kind: 'is-null' | 'is-not-null';
  readonly arg: Expr;
}

/** `arg IN (values)`, all literals of the type of `arg`; `hasNull` when the list holds NULL (then a miss is NULL). */
export interface InExpr extends ExprBase {
  readonly kind: 'in';
  readonly arg: Expr;
  readonly values: readonly LiteralExpr[];
  readonly hasNull: boolean;
}
