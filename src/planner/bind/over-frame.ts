import type { Expr } from '../../contracts/expression.ts';
import { fold } from '../../expr/fold.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { FrameBound, OverClause } from '../../parser/ast/expression.ts';
import type { OverFrame } from '../physical/over-plan.ts';
import type { Binder } from './binder.ts';

/** The frame where none is written. */
export const UP_TO_HERE: OverFrame = { unit: 'range', preceding: undefined };

/** @throws PlanError PLAN_OVER */
export function bindFrame({ frame }: OverClause, binder: Binder): OverFrame {
  if (frame === undefined) return UP_TO_HERE;
  const { unit, start, end } = frame;
  const isFollowing = (bound: FrameBound | undefined): boolean =>
    bound?.kind === 'following' || bound?.kind === 'unbounded-following';
  if (isFollowing(start) || isFollowing(end)) {
    throw new PlanError('PLAN_OVER', 'FOLLOWING is not possible: rows that have not come yet are not known', {
      span: frame.span,
      hint: 'End the frame at CURRENT ROW; LEAD(x) gives the value of the next row.',
    });
  }
  if (end !== undefined && end.kind !== 'current-row') {
    throw new PlanError('PLAN_OVER', 'a frame ends at CURRENT ROW', {
      span: frame.span,
      hint: `Write ${unit.toUpperCase()} BETWEEN … PRECEDING AND CURRENT ROW.`,
    });
  }
  if (start.kind === 'current-row') return { unit, preceding: 0 };
  if (start.offset === undefined) return { unit, preceding: undefined };
  const offset = fold(binder.bind(start.offset));
  const preceding = unit === 'rows' ? rowCount(offset) : milliseconds(offset);
  if (preceding !== undefined) return { unit, preceding };
  throw new PlanError(
    'PLAN_OVER',
    unit === 'rows' ? 'ROWS takes a constant number of rows' : 'RANGE takes a constant interval of days to seconds',
    {
      span: offset.span ?? frame.span,
      hint:
        unit === 'rows'
          ? 'Write for example ROWS BETWEEN 10 PRECEDING AND CURRENT ROW; an interval goes with RANGE.'
          : "Write for example RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW; a number goes with ROWS.",
    },
  );
}

function rowCount(offset: Expr): number | undefined {
  if (offset.kind !== 'literal' || offset.type.kind === 'interval-day' || offset.type.kind === 'interval-month') {
    return undefined;
  }
  const count = typeof offset.value === 'bigint' ? Number(offset.value) : offset.value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

function milliseconds(offset: Expr): number | undefined {
  if (offset.kind !== 'literal' || offset.type.kind !== 'interval-day' || typeof offset.value !== 'number') {
    return undefined;
  }
  return offset.value >= 0 ? offset.value : undefined;
}
