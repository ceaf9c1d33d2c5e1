import type { Span } from '../../errors/span.ts';
import type { Expression, Identifier, OrderItem } from './expression.ts';
import type { TableAlias, TableExpression } from './query.ts';

/** `B{2,4}?`: at least, at most (undefined: without end), as few as possible. `*` is {0,}, `+` {1,}, `?` {0,1}. */
export interface PatternQuantifier {
  readonly least: number;
  readonly most: number | undefined;
  readonly reluctant: boolean;
}

interface PatternPart {
  /** `->` stands before it: other rows may lie between. False for the first. */
  readonly relaxed: boolean;
  /** Undefined: exactly once. */
  readonly quantifier: PatternQuantifier | undefined;
  readonly span: Span;
}

export interface PatternVariable extends PatternPart {
  readonly kind: 'pattern-variable';
  readonly name: Identifier;
}

/** `(A B)+` */
export interface PatternGroup extends PatternPart {
  readonly kind: 'pattern-group';
  readonly elements: readonly PatternElement[];
}

/** `A B | C`; the only element of what it stands in. */
export interface PatternAlternation extends PatternPart {
  readonly kind: 'pattern-alternation';
  readonly branches: readonly (readonly PatternElement[])[];
}

/** `PERMUTE(A, B C)` */
export interface PatternPermute extends PatternPart {
  readonly kind: 'pattern-permute';
  readonly branches: readonly (readonly PatternElement[])[];
}

/** `{- A B -}`: rows that ALL ROWS PER MATCH leaves out. */
export interface PatternExclusion extends PatternPart {
  readonly kind: 'pattern-exclusion';
  readonly elements: readonly PatternElement[];
}

export type PatternElement = PatternVariable | PatternGroup | PatternAlternation | PatternPermute | PatternExclusion;

/** `[FINAL | RUNNING] expression AS name` */
export interface MatchMeasure {
  readonly semantics: 'final' | 'running' | undefined;
  readonly expression: Expression;
  readonly name: Identifier;
  readonly span: Span;
}

/** AFTER MATCH SKIP …; `TO v` is `to-last`. */
export interface MatchSkip {
  readonly kind: 'next-row' | 'past-last-row' | 'to-first' | 'to-last';
  /** Only of `to-first` and `to-last`. */
  readonly variable: Identifier | undefined;
  readonly span: Span;
}

export interface MatchDefinition {
  readonly variable: Identifier;
  readonly condition: Expression;
}

/** `U = (A, B)`: a name for the rows of several variables. */
export interface MatchSubset {
  readonly name: Identifier;
  readonly variables: readonly Identifier[];
}

/** `t MATCH_RECOGNIZE ( … ) AS m` */
export interface MatchRecognize {
  readonly kind: 'match-recognize';
  readonly input: TableExpression;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly measures: readonly MatchMeasure[];
  readonly allRows: boolean;
  /** WITH TIMEOUT ROWS. */
  readonly timeoutRows: boolean;
  /** Undefined: not written. */
  readonly skip: MatchSkip | undefined;
  readonly pattern: readonly PatternElement[];
  /** `WITHIN INTERVAL '1' HOUR`; anything else than a literal is a number of milliseconds: `WITHIN INTERVAL A.span + 10`. */
  readonly within: Expression | undefined;
  /** SUBSET; empty: not written. */
  readonly subsets: readonly MatchSubset[];
  readonly define: readonly MatchDefinition[];
  readonly alias: TableAlias | undefined;
  readonly span: Span;
}
