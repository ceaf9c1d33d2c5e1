import type { Expr } from '../../contracts/expression.ts';
import { printExpr } from '../../expr/print.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import { suggest } from '../../errors/suggest.ts';
import type { ColumnRef, Identifier } from '../../parser/ast/expression.ts';
import { exprKey } from '../expr-tree.ts';
import { project } from '../logical/build.ts';
import type { LogicalNode } from '../logical/plan.ts';
import { ANY_VARIABLE } from '../physical/match-plan.ts';
import { Scope, type ScopeTable } from './scope.ts';

/**
 * The rows that are matched: the columns of the table, and behind a projection what is computed from one row alone, so
 * that it is computed once for each row and not for each match that looks at it.
 */
export class MatchInput {
  /** Names in the order of the pattern. */
  readonly variables: readonly string[];
  /** The event time, where rows are ordered by it. */
  rowtime: Expr | undefined;
  readonly scope: Scope;
  readonly #plan: LogicalNode;
  readonly #exprs: Expr[] = [];
  readonly #names: string[] = [];

  constructor(plan: LogicalNode, tables: readonly ScopeTable[], variables: readonly string[]) {
    this.#plan = plan;
    this.scope = new Scope(tables);
    this.variables = variables;
  }

  /** The place of an expression over the table among the columns that are matched. */
  place(expr: Expr): number {
    const key = exprKey(expr);
    const found = this.#exprs.findIndex((one) => exprKey(one) === key);
    if (found >= 0) return found;
    this.#names.push(expr.kind === 'column' ? expr.name : printExpr(expr));
    return this.#exprs.push(expr) - 1;
  }

  nameOf(column: number): string {
    return this.#names[column]!;
  }

  exprAt(column: number): Expr {
    return this.#exprs[column]!;
  }

  /** The plan below the match, when everything has its place. */
  build(): LogicalNode {
    return project(this.#plan, this.#exprs, this.#names, this.#plan.span);
  }

  /** `A.x` is of variable A, `x` and `t.x` of any. */
  column(ref: ColumnRef): { readonly variable: number; readonly expr: Expr } {
    const [first, ...rest] = ref.parts;
    if (first === undefined || rest.length === 0) return { variable: ANY_VARIABLE, expr: this.scope.column(ref) };
    const variable = this.find(first);
    if (variable >= 0) return { variable, expr: this.scope.column({ ...ref, parts: rest }) };
    try {
      return { variable: ANY_VARIABLE, expr: this.scope.column(ref) };
    } catch (error) {
      if (error instanceof PlanError && error.code === 'PLAN_UNKNOWN_TABLE') throw this.unknown(first);
      throw error;
    }
  }

  /** The variable of this name, −1 where there is none; a spelling that fits exactly wins. */
  find(name: Identifier): number {
    const exact = this.variables.indexOf(name.name);
    const lower = name.name.toLowerCase();
    return exact >= 0 ? exact : this.variables.findIndex((one) => one.toLowerCase() === lower);
  }

  unknown(name: Identifier): PlanError {
    const close = suggest(name.name, this.variables);
    return new PlanError('PLAN_PATTERN', `"${name.name}" is no pattern variable`, {
      span: name.span,
      hint:
        close === undefined
          ? `Variables of the pattern: ${this.variables.join(', ')}.`
          : `Did you mean "${close}"?  Variables of the pattern: ${this.variables.join(', ')}.`,
    });
  }
}
