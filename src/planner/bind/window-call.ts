import type { Expr } from '../../contracts/expression.ts';
import { fold } from '../../expr/fold.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { Expression, FunctionCall } from '../../parser/ast/expression.ts';
import type { LogicalField } from '../logical/plan.ts';
import type { WindowProperty, WindowSpec } from '../physical/plan.ts';
import { timeOf } from '../logical/build.ts';
import { exprKey } from '../expr-tree.ts';
import { unsupported, type Binder } from './binder.ts';

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

/** A window of GROUP BY: where its time comes from, and a text that equal windows share. */
export interface BoundWindow {
  readonly kind: WindowKind;
  readonly time: Expr;
  readonly spec: WindowSpec;
  readonly key: string;
}

/**
 * `TUMBLE(ts, size)`, `HOP(ts, slide, size)`: slide first.
 * @throws PlanError PLAN_WINDOW, PLAN_UNSUPPORTED
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
  if (kind === 'session') throw unsupported('SESSION', call.span);
  const attribute = timeOf(time, input);
  if (attribute === 'proctime') throw unsupported('a window by processing time', first.span);
  if (attribute !== 'rowtime') throw noTimeAttribute(time, first.span);
  const spec: WindowSpec =
    kind === 'tumble'
      ? { kind, sizeMs: lengths[0]!, offsetMs: 0 }
      : { kind, slideMs: lengths[0]!, sizeMs: lengths[1]!, offsetMs: 0 };
  if (spec.kind === 'hop' && spec.slideMs > spec.sizeMs) {
    throw new PlanError('PLAN_WINDOW', 'the slide of HOP is longer than its size', {
      span: call.span,
      hint: 'HOP takes the slide before the size: HOP(ts, slide, size).',
    });
  }
  return { kind, time, spec, key: `${kind} ${exprKey(time)} ${lengths.join(' ')}` };
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
    hint: `Write for example INTERVAL '1' MINUTE: ${form}.`,
  });
}

function wrongForm(form: string, call: FunctionCall): PlanError {
  return new PlanError('PLAN_WINDOW', `window "${form.slice(0, form.indexOf('('))}" is called wrongly`, {
    span: call.span,
    hint: `It is called as ${form}.`,
  });
}

function noTimeAttribute(time: Expr, span: Span | undefined): PlanError {
  const what = time.kind === 'column' ? `column "${time.name}"` : 'this expression';
  return new PlanError('PLAN_WINDOW', `${what} is not an event-time column`, {
    span,
    hint:
      time.kind === 'column' && time.type.kind === 'timestamp'
        ? `Declare it in its table: WATERMARK FOR ${time.name} AS withOffset(${time.name}, 1000); any function on it, a GROUP BY without window or a join makes it an ordinary TIMESTAMP.`
        : 'A window takes the column of a WATERMARK, unchanged, or the *_ROWTIME of another window.',
  });
}
