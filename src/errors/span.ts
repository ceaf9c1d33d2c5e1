/** A half-open range of UTF-16 offsets into one source text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The text a span points into; `name` is what messages print (`jobs/errors.sql`, `<query>`). */
export interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** The smallest span that covers both. */
export function joinSpans(first: Span, last: Span): Span {
  return { start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) };
}
