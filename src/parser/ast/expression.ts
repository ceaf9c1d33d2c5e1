import type { Span } from '../../errors/span.ts';
import type { Query } from './query.ts';

/** A name as the user wrote it; for quoted names the doubled quotes are undone. */
export interface Identifier {
  readonly kind: 'identifier';
  readonly name: string;
  readonly quoted: boolean;
  readonly span: Span;
}

/** `VARCHAR(10)`, `DECIMAL(38, 18)`, `ARRAY<INT>`, `MAP<K, V>`, `ROW<a INT, b VARCHAR>`; `name` is upper-case. */
export interface TypeName {
  readonly kind: 'type-name';
  /** Upper-case words separated by one blank: `DOUBLE PRECISION`, `TIMESTAMP WITH LOCAL TIME ZONE`. */
  readonly name: string;
  /** Numbers in parentheses: length, or precision and scale. */
  readonly parameters: readonly number[];
  /** Element type of ARRAY and MULTISET, key and value type of MAP. */
  readonly arguments: readonly TypeName[];
  /** Fields of ROW. */
  readonly fields: readonly { readonly name: Identifier; readonly type: TypeName }[];
  /** `NOT NULL` written inside a nested type. */
  readonly notNull: boolean;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: 'string';
  /** The text with `''` undone and variables put in. */
  readonly value: string;
  readonly span: Span;
}

/** The text is kept: a DECIMAL must not pass through a double. Never signed; `-1` is unary minus over it. */
export interface NumberLiteral {
  readonly kind: 'number';
  readonly text: string;
  /** `1` integer, `1.5` decimal, `1e3` double. */
  readonly form: 'integer' | 'decimal' | 'double';
  readonly span: Span;
}

/** TRUE, FALSE; UNKNOWN is `null` of type BOOLEAN (value null). */
export interface BooleanLiteral {
  readonly kind: 'boolean';
  readonly value: boolean | null;
  readonly span: Span;
}

export interface NullLiteral {
  readonly kind: 'null';
  readonly span: Span;
}

/** `x'0c'`: `hex` is the digits in lower case, always an even number. */
export interface BinaryLiteral {
  readonly kind: 'binary-string';
  readonly hex: string;
  readonly span: Span;
}

/** `DATE '2018-01-01'`, `TIME '10:00:00'`, `TIMESTAMP '2018-01-01 10:00:00'`; the text is not checked here. */
export interface TemporalLiteral {
  readonly kind: 'temporal';
  readonly type: 'date' | 'time' | 'timestamp';
  readonly value: string;
  readonly span: Span;
}

export type TimeUnit = 'YEAR' | 'QUARTER' | 'MONTH' | 'WEEK' | 'DAY' | 'HOUR' | 'MINUTE' | 'SECOND' | 'MILLISECOND';

/** `INTERVAL '1' MINUTE`, `INTERVAL -'10:20' MINUTE TO SECOND`, `INTERVAL '1' DAY(3)`; `INTERVAL 5 DAY` has value `5`. */
export interface IntervalLiteral {
  readonly kind: 'interval';
  readonly value: string;
  /** A minus sign before the text; a minus inside it stays in `value`. */
  readonly negative: boolean;
  readonly from: TimeUnit;
  readonly to: TimeUnit | undefined;
  readonly precision: number | undefined;
  readonly fractionPrecision: number | undefined;
  readonly span: Span;
}

export type Literal =
  StringLiteral | NumberLiteral | BooleanLiteral | NullLiteral | BinaryLiteral | TemporalLiteral | IntervalLiteral;

/** `a`, `t.a`, `t.row_column.field`: which part is what is the binder's business. At least one part. */
export interface ColumnRef {
  readonly kind: 'column-ref';
  readonly parts: readonly Identifier[];
  readonly span: Span;
}

/** `*` as the argument of COUNT. */
export interface StarArgument {
  readonly kind: 'star';
  readonly span: Span;
}

/** A keyword argument: the unit in `EXTRACT(DAY FROM x)`, BOTH in `TRIM(BOTH x FROM y)`. Upper-case. */
export interface SymbolArgument {
  readonly kind: 'symbol';
  readonly name: string;
  readonly span: Span;
}

/** The type in `JSON_VALUE(x, '$.a' RETURNING INT)`; it follows the symbol RETURNING. */
export interface TypeArgument {
  readonly kind: 'type-argument';
  readonly type: TypeName;
  readonly span: Span;
}

/** `TABLE t [PARTITION BY a]`, `TABLE (SELECT …)` as an argument of a windowing table function. */
export interface TableArgument {
  readonly kind: 'table-argument';
  /** Empty where there is a query. */
  readonly name: readonly Identifier[];
  readonly query?: Query | undefined;
  /** Empty: none. */
  readonly partitionBy: readonly Expression[];
  readonly span: Span;
}

/** `DESCRIPTOR(ts)`. */
export interface DescriptorArgument {
  readonly kind: 'descriptor';
  readonly columns: readonly Identifier[];
  readonly span: Span;
}

/** `SIZE => INTERVAL '1' HOUR`. */
export interface NamedArgument {
  readonly kind: 'named-argument';
  readonly name: Identifier;
  readonly value: Expression | TableArgument | DescriptorArgument;
  readonly span: Span;
}

export interface UnaryExpression {
  readonly kind: 'unary';
  readonly operator: '-' | '+';
  readonly operand: Expression;
  readonly span: Span;
}

/** `!=` is written `<>` here. */
export type BinaryOperator = '-' | '*' | '/' | '%' | '=' | '<>' | '<' | '<=' | '>' | '>=';

export interface BinaryExpression {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  /** The operator sign itself. */
  readonly operatorSpan: Span;
  readonly span: Span;
}

/**
 * Left-associative chains in one node, so that ten thousand terms do not make a tree ten thousand levels deep:
 * `a OR b OR c`, `a AND b`, `a + b + c`, `a || b`. At least two operands, evaluated from the left.
 */
export interface ChainExpression {
  readonly kind: 'chain';
  readonly operator: 'AND' | 'OR' | '+' | '||';
  readonly operands: readonly Expression[];
  readonly span: Span;
}

export interface NotExpression {
  readonly kind: 'not';
  readonly operand: Expression;
  readonly span: Span;
}

/** `x IS [NOT] NULL | TRUE | FALSE | UNKNOWN | JSON [VALUE | OBJECT | ARRAY | SCALAR]`. */
export interface IsExpression {
  readonly kind: 'is';
  readonly operand: Expression;
  readonly test: 'null' | 'true' | 'false' | 'unknown' | 'json' | 'json-object' | 'json-array' | 'json-scalar';
  readonly negated: boolean;
  readonly span: Span;
}

/** `a IS [NOT] DISTINCT FROM b`. */
export interface IsDistinctExpression {
  readonly kind: 'is-distinct';
  readonly left: Expression;
  readonly right: Expression;
  /** `IS NOT DISTINCT FROM`. */
  readonly negated: boolean;
  readonly span: Span;
}

export interface BetweenExpression {
  readonly kind: 'between';
  readonly operand: Expression;
  readonly low: Expression;
  readonly high: Expression;
  readonly symmetric: boolean;
  readonly negated: boolean;
  readonly span: Span;
}

export interface InListExpression {
  readonly kind: 'in-list';
  readonly operand: Expression;
  readonly items: readonly Expression[];
  readonly negated: boolean;
  readonly span: Span;
}

export interface InQueryExpression {
  readonly kind: 'in-query';
  readonly operand: Expression;
  readonly query: Query;
  readonly negated: boolean;
  readonly span: Span;
}

/** `x = ANY (query)`, `x > ALL (query)`. */
export interface QuantifiedExpression {
  readonly kind: 'quantified';
  readonly operand: Expression;
  readonly operator: '=' | '<>' | '<' | '<=' | '>' | '>=';
  readonly quantifier: 'any' | 'all';
  readonly query: Query;
  readonly span: Span;
}

export interface LikeExpression {
  readonly kind: 'like';
  readonly form: 'like' | 'similar';
  readonly operand: Expression;
  readonly pattern: Expression;
  readonly escape: Expression | undefined;
  readonly negated: boolean;
  readonly span: Span;
}

export interface ExistsExpression {
  readonly kind: 'exists';
  readonly query: Query;
  readonly span: Span;
}

/** `operand` is there in the simple form `CASE x WHEN 1 THEN …`. */
export interface CaseExpression {
  readonly kind: 'case';
  readonly operand: Expression | undefined;
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
  readonly otherwise: Expression | undefined;
  readonly span: Span;
}

export interface CastExpression {
  readonly kind: 'cast';
  readonly operand: Expression;
  readonly type: TypeName;
  /** TRY_CAST. */
  readonly safe: boolean;
  readonly span: Span;
}

export interface OrderItem {
  readonly expression: Expression;
  readonly descending: boolean;
  /** Undefined: not written. */
  readonly nullsFirst: boolean | undefined;
  readonly span: Span;
}

export interface FrameBound {
  readonly kind: 'unbounded-preceding' | 'preceding' | 'current-row' | 'following' | 'unbounded-following';
  /** Only of `preceding` and `following`: rows, or an interval. */
  readonly offset: Expression | undefined;
}

export interface WindowFrame {
  readonly unit: 'rows' | 'range';
  readonly start: FrameBound;
  /** Absent: up to the current row. */
  readonly end: FrameBound | undefined;
  readonly span: Span;
}

/** What follows OVER: a specification, or the name of a WINDOW clause entry (`name` set, the rest empty). */
export interface OverClause {
  readonly name: Identifier | undefined;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly frame: WindowFrame | undefined;
  readonly span: Span;
}

export type FunctionArgument =
  Expression | StarArgument | SymbolArgument | TypeArgument | TableArgument | DescriptorArgument | NamedArgument;

/**
 * Every call. Forms with syntax of their own have one canonical argument order here (`S:` marks a symbol argument):
 * EXTRACT(S:unit, x) · FLOOR/CEIL(x, S:unit) · TIMESTAMPADD/TIMESTAMPDIFF(S:unit, a, b) ·
 * TRIM(S:BOTH|LEADING|TRAILING, chars, text), chars being ' ' where not written (plain `TRIM(x)` has one argument) ·
 * SUBSTRING(x, from[, for]) · POSITION(needle, haystack[, from]) · OVERLAY(text, replacement, from[, for]) ·
 * OVERLAPS(a, b, c, d) for `(a, b) OVERLAPS (c, d)` · JSON_OBJECT(k, v, k, v) · the clauses of JSON functions as trailing
 * symbols: `NULL ON EMPTY`, `ERROR ON ERROR`, `DEFAULT ON EMPTY` (its value follows), `RETURNING` (a type follows),
 * `WITH WRAPPER`, `WITHOUT WRAPPER`, `WITH CONDITIONAL WRAPPER`, `ABSENT ON NULL`. SQL_TSI_DAY is the unit DAY.
 * CURRENT_TIMESTAMP and the like: `bare`, no arguments.
 */
export interface FunctionCall {
  readonly kind: 'function-call';
  /** More than one part: catalog.database.function. */
  readonly name: readonly Identifier[];
  readonly args: readonly FunctionArgument[];
  /** `COUNT(DISTINCT x)`. */
  readonly distinct: boolean;
  /** Written without parentheses. */
  readonly bare: boolean;
  readonly filter: Expression | undefined;
  /** `WITHIN GROUP (ORDER BY …)`; empty: none. */
  readonly withinGroup: readonly OrderItem[];
  readonly over: OverClause | undefined;
  readonly span: Span;
}

/** `ROW(1, 'a')` and `(1, 'a')`. */
export interface RowExpression {
  readonly kind: 'row';
  readonly items: readonly Expression[];
  readonly span: Span;
}

export interface ArrayExpression {
  readonly kind: 'array';
  readonly items: readonly Expression[];
  readonly span: Span;
}

/** `MAP['a', 1, 'b', 2]`. */
export interface MapExpression {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: Expression; readonly value: Expression }[];
  readonly span: Span;
}

/** `a[i]`, `m['k']`. */
export interface ItemExpression {
  readonly kind: 'item';
  readonly operand: Expression;
  readonly index: Expression;
  readonly span: Span;
}

/** `(expression).field`, `f(x).field`; a dotted name without call or parentheses is a column-ref instead. */
export interface FieldExpression {
  readonly kind: 'field';
  readonly operand: Expression;
  readonly field: Identifier;
  readonly span: Span;
}

/** A query in parentheses where a value is wanted. */
export interface SubqueryExpression {
  readonly kind: 'subquery';
  readonly query: Query;
  readonly span: Span;
}

export type Expression =
  | Literal
  | ColumnRef
  | UnaryExpression
  | BinaryExpression
  | ChainExpression
  | NotExpression
  | IsExpression
  | IsDistinctExpression
  | BetweenExpression
  | InListExpression
  | InQueryExpression
  | QuantifiedExpression
  | LikeExpression
  | ExistsExpression
  | CaseExpression
  | CastExpression
  | FunctionCall
  | RowExpression
  | ArrayExpression
  | MapExpression
  | ItemExpression
  | FieldExpression
  | SubqueryExpression;
