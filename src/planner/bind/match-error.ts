import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';

/** A rule of MATCH_RECOGNIZE is broken. */
export function patternError(message: string, span: Span | undefined, hint?: string): PlanError {
  return new PlanError('PLAN_PATTERN', message, { span, hint });
}

/** What only Blink takes. */
export function notInFlink(what: string, span: Span, hint?: string): PlanError {
  return patternError(`${what} is not supported by Flink`, span, hint ?? "SET sql.compatibility = 'blink' takes it.");
}
