import type { Expr } from '../../contracts/expression.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { AggregateCall, SortKey } from './plan.ts';

/** Stands for all rows of a match instead of those of one variable. */
export const ANY_VARIABLE = -1;

/** One row of a match, seen from a row of it: `LAST(A.x, 1)`, `FIRST(x)`, `PREV(A.x, 2)`. */
export interface MatchAnchor {
  /** Index of a pattern variable or ANY_VARIABLE. */
  readonly variable: number;
  readonly from: 'first' | 'last';
  /** Rows of the variable counted from there. */
  readonly offset: number;
  /** Rows of the partition to go back from there, whether or not they belong to the match. */
  readonly back: number;
  /** Seen from the last row of the match. */
  readonly final: boolean;
}

/** What an expression over a match reads; NULL where there is no such row. */
export type MatchColumn =
  | { readonly kind: 'cell'; readonly anchor: MatchAnchor; readonly column: number; readonly type: SqlType }
  | { readonly kind: 'aggregate'; readonly variable: number; readonly call: AggregateCall; readonly final: boolean }
  | { readonly kind: 'classifier'; readonly final: boolean; readonly type: SqlType };

/** Expressions over columns that are gathered from a match. */
export interface MatchExpressions {
  readonly columns: readonly MatchColumn[];
  /** Over `columns`. */
  readonly exprs: readonly Expr[];
}

export interface MatchVariable {
  readonly name: string;
  /** BOOLEAN input column: the part of the condition that the row alone decides. */
  readonly local: number | undefined;
  /** The rest of it, one expression; undefined: nothing more. */
  readonly rest: MatchExpressions | undefined;
  /** Of a SUBSET, which stands behind the variables of the pattern: those whose rows it names. */
  readonly members?: readonly number[] | undefined;
}

/** One place of the pattern. */
export interface MatchElement {
  readonly variable: number;
  readonly least: number;
  /** Undefined: without end. */
  readonly most: number | undefined;
  readonly reluctant: boolean;
  /** Rows that do not fit may lie before its first row. */
  readonly relaxed: boolean;
}

/** A pattern with alternatives or repeated groups; parts and ways in the order in which they are preferred. */
export type PatternTree =
  /** `hidden`: its rows are left out of ALL ROWS PER MATCH. */
  | { readonly kind: 'variable'; readonly variable: number; readonly hidden: boolean }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternTree[] }
  | {
      readonly kind: 'repeat';
      readonly part: PatternTree;
      readonly least: number;
      readonly most: number | undefined;
      readonly reluctant: boolean;
    };

export interface MatchSkipTo {
  readonly kind: 'next-row' | 'past-last-row' | 'to-first' | 'to-last';
  /** Of `to-first` and `to-last`. */
  readonly variable: number;
}

/** A time that is the same for every match, or a BIGINT column of the row that begins it (NULL: without end). */
export type MatchSpan =
  { readonly kind: 'fixed'; readonly ms: number } | { readonly kind: 'column'; readonly column: number };

/** MATCH_RECOGNIZE over the columns of one input. */
export interface MatchSpec {
  /** Input columns. */
  readonly partition: readonly number[];
  readonly time: 'rowtime' | 'proctime';
  /** Of `rowtime`. */
  readonly timeColumn: number;
  /** What orders rows of equal time. */
  readonly order: readonly SortKey[];
  readonly variables: readonly MatchVariable[];
  readonly pattern: readonly MatchElement[];
  /** In place of `pattern`: it follows the SQL standard, where the preferred way through the pattern is the match. */
  readonly tree?: PatternTree | undefined;
  readonly skip: MatchSkipTo;
  /** A match that would last as long or longer is given up; undefined: none is. */
  readonly within: MatchSpan | undefined;
  /** Matches given up are put out as far as they got. */
  readonly timeoutRows: boolean;
  /** A row for every row of the match. */
  readonly allRows: boolean;
  /** The columns that are put out. */
  readonly output: MatchExpressions;
}
