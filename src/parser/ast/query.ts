import type { Span } from '../../errors/span.ts';
import type { MatchRecognize } from './match-recognize.ts';
import type { Expression, FunctionCall, Identifier, OrderItem, OverClause } from './expression.ts';

export interface CommonTable {
  readonly name: Identifier;
  readonly columns: readonly Identifier[] | undefined;
  readonly query: Query;
  readonly span: Span;
}

/** What every query may end with, and the WITH it may begin with. */
interface QueryTail {
  /** `WITH a AS (…)`; empty: none. */
  readonly with: readonly CommonTable[];
  /** Empty: none. */
  readonly orderBy: readonly OrderItem[];
  readonly limit: Expression | undefined;
  readonly offset: Expression | undefined;
  readonly span: Span;
}

/** `*` */
export interface StarItem {
  readonly kind: 'star-item';
  readonly span: Span;
}

/** `t.*` */
export interface QualifiedStarItem {
  readonly kind: 'qualified-star-item';
  readonly qualifier: readonly Identifier[];
  readonly span: Span;
}

export interface ExpressionItem {
  readonly kind: 'expression-item';
  readonly expression: Expression;
  readonly alias: Identifier | undefined;
  readonly span: Span;
}

export type SelectItem = StarItem | QualifiedStarItem | ExpressionItem;

/** GROUPING SETS ((a, b), (a), ()), ROLLUP (a, b), CUBE (a, b): a grouping item beside plain expressions. */
export interface GroupingSets {
  readonly kind: 'grouping-sets';
  readonly form: 'sets' | 'rollup' | 'cube';
  /** Each set a list of expressions, or of GROUPING SETS all the sets of a nested item; for rollup and cube each item of the list. */
  readonly sets: readonly (readonly Expression[] | GroupingSets)[];
  readonly span: Span;
}

export type GroupingItem = Expression | GroupingSets;

export interface NamedWindow {
  readonly name: Identifier;
  readonly window: OverClause;
}

export interface SelectQuery extends QueryTail {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from: TableExpression | undefined;
  readonly where: Expression | undefined;
  /** Group windows (TUMBLE …) are function calls among these. Undefined: no GROUP BY; empty: `GROUP BY ()`. */
  readonly groupBy: readonly GroupingItem[] | undefined;
  readonly having: Expression | undefined;
  readonly windows: readonly NamedWindow[];
}

export interface SetOperation extends QueryTail {
  readonly kind: 'set-operation';
  readonly operator: 'union' | 'intersect' | 'except';
  readonly all: boolean;
  /** Two or more: `a UNION ALL b UNION ALL c` is one node, evaluated from the left. */
  readonly inputs: readonly Query[];
}

export interface ValuesQuery extends QueryTail {
  readonly kind: 'values';
  /** Every row a list of values, also where one value was written without parentheses. */
  readonly rows: readonly (readonly Expression[])[];
}

export type Query = SelectQuery | SetOperation | ValuesQuery;

export interface TableAlias {
  readonly name: Identifier;
  /** `AS t (a, b)` */
  readonly columns: readonly Identifier[] | undefined;
}

/** `t`, `t AS a (x, y)`, `t FOR SYSTEM_TIME AS OF PROCTIME() AS d`. */
export interface TableRef {
  readonly kind: 'table-ref';
  readonly name: readonly Identifier[];
  readonly systemTime: Expression | undefined;
  readonly alias: TableAlias | undefined;
  readonly span: Span;
}

/** A query in parentheses; `lateral`: it may use columns of the tables before it. */
export interface DerivedTable {
  readonly kind: 'derived-table';
  readonly query: Query;
  readonly lateral: boolean;
  readonly alias: TableAlias | undefined;
  readonly span: Span;
}

/** `LATERAL TABLE(f(x)) AS t (a)` (lateral) and `TABLE(TUMBLE(TABLE t, DESCRIPTOR(c), INTERVAL '1' MINUTE))`. */
export interface TableFunction {
  readonly kind: 'table-function';
  readonly call: FunctionCall;
  readonly lateral: boolean;
  readonly alias: TableAlias | undefined;
  readonly span: Span;
}

/** `UNNEST(x) [WITH ORDINALITY] AS t (a)`. */
export interface UnnestTable {
  readonly kind: 'unnest';
  readonly operands: readonly Expression[];
  readonly withOrdinality: boolean;
  readonly alias: TableAlias | undefined;
  readonly span: Span;
}

export interface JoinTable {
  readonly kind: 'join';
  /** `a, b` is a comma join: type cross, `comma` true. */
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross' | 'semi' | 'anti';
  readonly comma: boolean;
  readonly natural: boolean;
  readonly left: TableExpression;
  readonly right: TableExpression;
  readonly on: Expression | undefined;
  readonly using: readonly Identifier[] | undefined;
  readonly span: Span;
}

export type TableExpression = TableRef | DerivedTable | TableFunction | UnnestTable | JoinTable | MatchRecognize;
