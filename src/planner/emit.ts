import { fold } from '../expr/fold.ts';
import { PlanError } from '../errors/sluice-error.ts';
import type { Span } from '../errors/span.ts';
import type { EmitStrategy } from '../parser/ast/statements.ts';
import type { BindContext } from './bind/bind-context.ts';
import { ExpressionBinder } from './bind/bind-expression.ts';
import { Scope } from './bind/scope.ts';
import { durationMs } from './duration.ts';
import type { LogicalNode, LogicalRoot } from './logical/plan.ts';
import { rewriteUp } from './logical/tree.ts';
import type { EmitSpec } from './physical/plan.ts';
import type { Session } from './session.ts';

/**
 * Lets the group windows of a data flow give results before and after the watermark, as its EMIT clause says or, without
 * one, the settings `table.exec.emit.*`.
 * @throws PlanError PLAN_WINDOW, PLAN_SETTING
 */
export function withEmit<R extends LogicalRoot>(
  root: R,
  strategies: readonly EmitStrategy[],
  context: BindContext,
  warn: (line: string) => void,
): R {
  const spec = strategies.length > 0 ? ofClause(strategies, context) : ofSettings(context.session);
  if (spec === undefined) return root;
  let used = false;
  const span = strategies[0]?.span;
  const rewrite = (node: LogicalNode): LogicalNode => {
    if (node.kind !== 'window-aggregate' || node.processingTime || node.window.kind === 'attached') return node;
    if (node.window.kind === 'session') {
      if (strategies.length === 0) return node;
      throw new PlanError('PLAN_WINDOW', 'EMIT takes TUMBLE and HOP windows, not SESSION', {
        span,
        hint: 'Leave EMIT out: a session gives its result when it is over.',
      });
    }
    used = true;
    const fields = node.schema.fields.map((field) =>
      field.window === undefined ? field : { ...field, window: undefined },
    );
    return { ...node, emit: spec, schema: { fields } };
  };
  const emitting = rewriteUp(root, rewrite) as R;
  if (!used && strategies.length > 0) {
    warn('EMIT changes nothing: the query has no TUMBLE or HOP window by event time in GROUP BY');
  }
  return emitting;
}

/** All data flows of a job have one strategy. @throws PlanError PLAN_WINDOW */
export function checkSameEmit(clauses: readonly (readonly EmitStrategy[])[], context: BindContext): void {
  const texts = clauses.map((one) => JSON.stringify(one.length === 0 ? undefined : ofClause(one, context)));
  const other = texts.findIndex((text) => text !== texts[0]);
  if (other < 0) return;
  const place: Span | undefined = clauses[other]?.[0]?.span ?? clauses[0]?.[0]?.span;
  throw new PlanError('PLAN_WINDOW', 'the INSERTs of a job have different EMIT strategies', {
    span: place,
    hint: 'Write the same EMIT at the end of each, or make two jobs of them.',
  });
}

function ofClause(strategies: readonly EmitStrategy[], context: BindContext): EmitSpec {
  let earlyMs: number | undefined;
  let lateMs: number | undefined;
  for (const one of strategies) {
    const delay = delayOf(one, context);
    const before = one.phase !== 'after-watermark';
    const after = one.phase !== 'before-watermark';
    if ((before && earlyMs !== undefined) || (after && lateMs !== undefined)) {
      const phase = before && earlyMs !== undefined ? 'BEFORE' : 'AFTER';
      throw new PlanError('PLAN_WINDOW', `EMIT has two strategies ${phase} WATERMARK`, { span: one.span });
    }
    if (before) earlyMs = delay;
    if (after) lateMs = delay;
  }
  const keepMs = context.session.int('blink.state.ttl.ms');
  if (lateMs !== undefined && keepMs === undefined) {
    throw new PlanError('PLAN_WINDOW', 'EMIT after the watermark needs to know how long windows are kept', {
      span: strategies[0]?.span,
      hint: "Write SET 'blink.state.ttl.ms' = '3600000' before the INSERT, or EMIT … BEFORE WATERMARK only.",
    });
  }
  return { earlyMs, lateMs, keepMs: keepMs ?? 0 };
}

/** 0: WITHOUT DELAY. */
function delayOf(strategy: EmitStrategy, context: BindContext): number {
  if (strategy.delay === undefined) return 0;
  const delay = fold(new ExpressionBinder(new Scope([]), context).bind(strategy.delay));
  if (delay.kind === 'literal' && delay.type.kind === 'interval-day' && typeof delay.value === 'number') {
    if (delay.value >= 0) return delay.value;
  }
  throw new PlanError('PLAN_WINDOW', 'the delay of EMIT is a constant interval of days to seconds', {
    span: strategy.span,
    hint: "Write for example EMIT WITH DELAY '1' MINUTE BEFORE WATERMARK.",
  });
}

/** Flink's form, for the whole job. */
function ofSettings(session: Session): EmitSpec | undefined {
  const delay = (phase: 'early' | 'late'): number | undefined => {
    if (!session.flag(`table.exec.emit.${phase}-fire.enabled`)) return undefined;
    return duration(session, `table.exec.emit.${phase}-fire.delay`) ?? 0;
  };
  const [earlyMs, lateMs] = [delay('early'), delay('late')];
  if (earlyMs === undefined && lateMs === undefined) return undefined;
  const keepMs = duration(session, 'table.exec.emit.allow-lateness') ?? session.int('blink.state.ttl.ms');
  if (lateMs !== undefined && keepMs === undefined) {
    throw new PlanError(
      'PLAN_SETTING',
      'setting "table.exec.emit.late-fire.enabled" needs "table.exec.emit.allow-lateness"',
      {
        hint: "Write SET 'table.exec.emit.allow-lateness' = '1 h'.",
      },
    );
  }
  return { earlyMs, lateMs, keepMs: keepMs ?? 0 };
}

/** `10 s`, `1min`, `500` (ms), as Flink writes durations. */
function duration(session: Session, key: string): number | undefined {
  const text = session.get(key).trim();
  if (text === '') return undefined;
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  throw new PlanError('PLAN_SETTING', `setting "${key}" takes a duration such as '10 s', not '${text}'`, {});
}
