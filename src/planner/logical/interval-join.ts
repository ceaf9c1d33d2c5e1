import type { Expr } from '../../contracts/expression.ts';
import { conjunction, conjunctsOf } from '../expr-tree.ts';
import { joinParts } from './join.ts';
import type { JoinNode } from './plan.ts';

/** A join of rows whose times are close: `lowerMs ≤ left − right ≤ upperMs`. */
export interface IntervalJoin {
  readonly joinType: 'inner' | 'left' | 'right' | 'full';
  /** A column of each side. */
  readonly leftTime: number;
  readonly rightTime: number;
  readonly lowerMs: number;
  readonly upperMs: number;
  readonly processingTime: boolean;
  /** The condition without the bounds; at least one equality is in it. */
  readonly condition: Expr;
}

/** What `<`, `<=` … say when their sides are exchanged. */
const flipped: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=' };

/**
 * A join with an equality and with both bounds on the distance of two time attributes, one of each side and of one kind.
 * Bounds are whole milliseconds, so `<` is `<=` one millisecond less.
 */
export function intervalJoin(node: JoinNode): IntervalJoin | undefined {
  const { joinType, condition } = node;
  if (condition === undefined || joinType === 'semi' || joinType === 'anti' || joinType === 'mark') return undefined;
  const bounds = conjunctsOf(condition).flatMap((expr) => {
    const found = boundOf(expr, node);
    return found === undefined ? [] : [{ ...found, expr }];
  });
  const [first] = bounds;
  if (first === undefined) return undefined;
  const used = bounds.filter((one) => one.left === first.left && one.right === first.right);
  const lowerMs = Math.max(...used.map((one) => one.lowerMs));
  const upperMs = Math.min(...used.map((one) => one.upperMs));
  if (lowerMs === -Infinity || upperMs === Infinity) return undefined;
  const others = conjunctsOf(condition).filter((one) => !used.some(({ expr }) => expr === one));
  const rest = conjunction(hasEquality(others, node) ? others : [...others, ...equalTimes(used)]);
  if (rest === undefined || !hasEquality([rest], node)) return undefined;
  return {
    joinType,
    leftTime: first.left,
    rightTime: first.right,
    lowerMs,
    upperMs,
    processingTime: node.left.schema.fields[first.left]?.time === 'proctime',
    condition: rest,
  };
}

/** `l.ts = r.ts` is a bound; where nothing else is equal it is the key too. */
function equalTimes(used: readonly { readonly expr: Expr }[]): readonly Expr[] {
  return used.flatMap(({ expr }) => (expr.kind === 'call' && expr.name === '=' ? [expr] : []));
}

function hasEquality(conjuncts: readonly Expr[], { left }: JoinNode): boolean {
  const condition = conjunction(conjuncts);
  return condition !== undefined && joinParts({ condition, left }).equalities.length > 0;
}

interface Bound {
  readonly left: number;
  readonly right: number;
  readonly lowerMs: number;
  readonly upperMs: number;
}

/** A comparison of the time attributes of both sides as bounds of left − right. */
function boundOf(expr: Expr, { left, right }: JoinNode): Bound | undefined {
  if (expr.kind !== 'call' || expr.args.length !== 2) return undefined;
  const operator = flipped[expr.name] === undefined ? undefined : expr.name;
  const [a, b] = expr.args.map(shiftedColumn);
  if (operator === undefined || a === undefined || b === undefined) return undefined;
  const width = left.schema.fields.length;
  if (a.column < width === b.column < width) return undefined;
  const [mine, theirs] = a.column < width ? [a, b] : [b, a];
  const time = left.schema.fields[mine.column]?.time;
  if (time === undefined || right.schema.fields[theirs.column - width]?.time !== time) return undefined;
  const columns = { left: mine.column, right: theirs.column - width };
  // left + mine.byMs ○ right + theirs.byMs
  const distance = theirs.byMs - mine.byMs;
  switch (a.column < width ? operator : flipped[operator]) {
    case '<':
      return { ...columns, lowerMs: -Infinity, upperMs: distance - 1 };
    case '<=':
      return { ...columns, lowerMs: -Infinity, upperMs: distance };
    case '>':
      return { ...columns, lowerMs: distance + 1, upperMs: Infinity };
    case '>=':
      return { ...columns, lowerMs: distance, upperMs: Infinity };
    default:
      return { ...columns, lowerMs: distance, upperMs: distance };
  }
}

/** A column with constant intervals added and taken away. */
function shiftedColumn(expr: Expr): { readonly column: number; readonly byMs: number } | undefined {
  if (expr.kind === 'column') return { column: expr.index, byMs: 0 };
  if (expr.kind !== 'call') return undefined;
  const [a, b] = expr.args;
  if (expr.name === 'CAST' && a !== undefined && a.type.kind === 'timestamp' && expr.type.kind === 'timestamp') {
    // A cast to fewer digits of a second moves the time.
    return expr.type.precision >= a.type.precision ? shiftedColumn(a) : undefined;
  }
  if (a === undefined || b === undefined || (expr.name !== '+' && expr.name !== '-')) return undefined;
  const [base, interval] = isInterval(b) || expr.name === '-' ? [a, b] : [b, a];
  const byMs = isInterval(interval) && interval.kind === 'literal' ? interval.value : undefined;
  const found = shiftedColumn(base);
  if (typeof byMs !== 'number' || found === undefined) return undefined;
  return { column: found.column, byMs: found.byMs + (expr.name === '-' ? -byMs : byMs) };
}

function isInterval(expr: Expr): boolean {
  return expr.type.kind === 'interval-day';
}
