import type { Expr } from '../../contracts/expression.ts';
import { fold } from '../../expr/fold.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { Expression, FunctionCall } from '../../parser/ast/expression.ts';
import type { LogicalField } from '../logical/plan.ts';
import type { AssignedWindow, WindowProperty } from '../physical/plan.ts';
import { timeOf } from '../logical/build.ts';
import { exprKey } from '../expr-tree.ts';
import type { Binder } from './binder.ts';

export type WindowKind = 'tumble' | 'hop' | 'session';

export function windowKind(name: string): WindowKind | undefined {
  const lower = name.toLowerCase();
  return lower === 'tumble' || lower === 'hop' || lower === 'session' ? lower : undefined;
}

/** `TUMBLE_START` → the start of a tumble window. */
export function windowAuxiliary(
  name: string,
): { readonly window: WindowKind; readonly property: WindowProperty } | undefined {
  const parts = /^(tumble|hop|session)_(start|end|rowtime|proctime)$/.exec(name.toLowerCase());
  return parts === null ? undefined : { window: parts[1] as WindowKind, property: parts[2] as WindowProperty };
}

/** The words of windows, which are in no catalog of functions: what completion offers and unknown names are compared with. */
export const windowWords: readonly string[] = [
  'CUMULATE',
  ...['TUMBLE', 'HOP', 'SESSION'].flatMap((window) => [
    window,
    ...['START', 'END', 'ROWTIME', 'PROCTIME'].map((property) => `${window}_${property}`),
  ]),
];

/** A window of GROUP BY: where its time comes from, and a text that equal windows share. */
export interface BoundWindow {
  readonly kind: WindowKind;
  readonly time: Expr;
  readonly spec: AssignedWindow;
  readonly processingTime: boolean;
  readonly key: string;
}

/**
 * `TUMBLE(ts, size)`, `HOP(ts, slide, size)`: slide first.
 * @throws PlanError PLAN_WINDOW
 */
export function bindWindow(
  kind: WindowKind,
  call: FunctionCall,
  place: { readonly binder: Binder; readonly input: readonly LogicalField[] },
): BoundWindow {
  const { binder, input } = place;
  const form = { tumble: 'TUMBLE(ts, size)', hop: 'HOP(ts, slide, size)', session: 'SESSION(ts, gap)' }[kind];
  const args = call.args.map((arg) => {
    if (arg.kind === 'star' || arg.kind === 'symbol') throw wrongForm(form, call);
    return arg;
  });
  if (args.length !== (kind === 'hop' ? 3 : 2)) throw wrongForm(form, call);
  const [first, ...sizes] = args as [Expression, ...Expression[]];
  const time = binder.bind(first);
  const lengths = sizes.map((size) => length(binder.bind(size), form));
  const attribute = timeOf(time, input);
  if (attribute === undefined) throw noTimeAttribute(time, first.span);
  const spec: AssignedWindow =
    kind === 'tumble'
      ? { kind, sizeMs: lengths[0]!, offsetMs: 0 }
      : kind === 'hop'
        ? { kind, slideMs: lengths[0]!, sizeMs: lengths[1]!, offsetMs: 0 }
        : { kind, gapMs: lengths[0]! };
  checkSpec(spec, call.span, 'group');
  const key = `${kind} ${exprKey(time)} ${lengths.join(' ')}`;
  return { kind, time, spec, processingTime: attribute === 'proctime', key };
}

/** A window by processing time has no event time to hand on. @throws PlanError PLAN_WINDOW */
export function checkProperty(property: WindowProperty, window: BoundWindow, call: FunctionCall): void {
  if (property !== 'rowtime' || !window.processingTime) return;
  const name = window.kind.toUpperCase();
  throw new PlanError('PLAN_WINDOW', `"${name}_ROWTIME" needs a window by event time`, {
    span: call.span,
    hint: `For the next window by processing time take ${name}_PROCTIME(…).`,
  });
}

/** What cannot be a window. A table function is stricter than GROUP BY, as in Flink. @throws PlanError PLAN_WINDOW */
export function checkSpec(spec: AssignedWindow, span: Span, form: 'group' | 'table'): void {
  if (spec.kind === 'hop' && spec.slideMs > spec.sizeMs) {
    throw new PlanError('PLAN_WINDOW', 'the slide of HOP is longer than its size', {
      span,
      hint:
        form === 'group'
          ? 'HOP takes the slide before the size: HOP(ts, slide, size).'
          : 'HOP takes the slide before the size: HOP(TABLE t, DESCRIPTOR(ts), slide, size).',
    });
  }
  if (spec.kind === 'hop' && form === 'table' && spec.sizeMs % spec.slideMs !== 0) {
    throw new PlanError('PLAN_WINDOW', 'the size of HOP is no multiple of its slide', {
      span,
      hint: 'Choose a slide that divides the size.',
    });
  }
  if (spec.kind === 'cumulate' && spec.sizeMs % spec.stepMs !== 0) {
    throw new PlanError('PLAN_WINDOW', 'the size of CUMULATE is no multiple of its step', {
      span,
      hint: 'CUMULATE takes the step before the size: CUMULATE(TABLE t, DESCRIPTOR(ts), step, size).',
    });
  }
}

function length(expr: Expr, form: string): number {
  const size = fold(expr);
  if (
    size.kind === 'literal' &&
    size.type.kind === 'interval-day' &&
    typeof size.value === 'number' &&
    size.value > 0
  ) {
    return size.value;
  }
  throw new PlanError('PLAN_WINDOW', 'the length of a window is a constant interval of days to seconds', {
    span: expr.span,
    hint:
      size.type.kind === 'interval-month'
        ? "Months and years have no fixed length: write days, for example INTERVAL '30' DAY, or group by DATE_FORMAT(ts, 'yyyy-MM')."
        : `Write for example INTERVAL '1' MINUTE: ${form}.`,
  });
}

function wrongForm(form: string, call: FunctionCall): PlanError {
  return new PlanError('PLAN_WINDOW', `window "${form.slice(0, form.indexOf('('))}" is called wrongly`, {
    span: call.span,
    hint: `It is called as ${form}.`,
  });
}

export function noTimeAttribute(time: Expr, span: Span | undefined): PlanError {
  const what = time.kind === 'column' ? `column "${time.name}"` : 'this expression';
  return new PlanError('PLAN_WINDOW', `${what} is not a time attribute`, {
    span,
    hint:
      time.kind === 'column' && time.type.kind === 'timestamp'
        ? `Declare it in its table: WATERMARK FOR ${time.name} AS withOffset(${time.name}, 1000); any function on it, a GROUP BY without window or a join makes it an ordinary TIMESTAMP.`
        : 'A window takes the column of a WATERMARK, unchanged, or the *_ROWTIME of another window.',
  });
}
