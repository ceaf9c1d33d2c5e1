import type { Expr } from '../contracts/expression.ts';
import { mapChildren, someExpr } from '../expr/walk.ts';

/** The watermark of one operator, as its expressions read it. */
export class CurrentWatermark {
  #atMs = -Infinity;

  get atMs(): number {
    return this.#atMs;
  }

  advance(atMs: number): void {
    if (atMs > this.#atMs) this.#atMs = atMs;
  }

  /** The expression reading this watermark wherever it asks for the current one. */
  bind(expr: Expr): Expr {
    if (!readsWatermark(expr)) return expr;
    if (expr.kind !== 'call' || expr.name !== NAME) return mapChildren(expr, (part) => this.bind(part));
    const kernel = (): number | null => (Number.isFinite(this.#atMs) ? this.#atMs : null);
    return { ...expr, args: [], impl: { ...expr.impl, kernel } };
  }
}

const NAME = 'CURRENT_WATERMARK';

export function readsWatermark(expr: Expr): boolean {
  return someExpr(expr, (one) => one.kind === 'call' && one.name === NAME);
}
