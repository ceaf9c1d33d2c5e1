import type { ErrorCode } from './codes.ts';
import type { SourceText, Span } from './span.ts';

/** Who has to act: the user's SQL, the world outside, or us. */
export type ErrorDomain = 'user' | 'external' | 'internal';

/** What the runner does with it; nothing else is consulted. */
export type RetryAdvice = 'never' | 'backoff' | 'rejoin';

/** A second place that belongs to the mistake ("first declared here"). */
export interface Note {
  readonly text: string;
  readonly span?: Span;
  readonly source?: SourceText;
}

export interface ErrorDetails {
  readonly domain?: ErrorDomain;
  readonly retry?: RetryAdvice;
  readonly span?: Span | undefined;
  readonly source?: SourceText | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly notes?: readonly Note[];
  readonly cause?: unknown;
}

/**
 * The one base class of every failure that leaves the engine. Behaviour is decided by `code`, `domain` and `retry`,
 * never by the message text. The message is lower-case, states one fact and has no final stop.
 */
export class SluiceError extends Error {
  readonly code: ErrorCode;
  readonly domain: ErrorDomain;
  readonly retry: RetryAdvice;
  readonly span: Span | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly notes: readonly Note[];
  /** The text `span` points into; whoever knows it fills it in on the way up (`withSource`). */
  source: SourceText | undefined;
  /** job › operator › shard, added from the inside out on the way up (`withWhere`). */
  where: readonly string[] = [];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.domain = details.domain ?? 'user';
    this.retry = details.retry ?? 'never';
    this.span = details.span;
    this.source = details.source;
    this.detail = details.detail;
    this.hint = details.hint;
    this.notes = details.notes ?? [];
  }

  /** Names the text the span points into, unless it is already known. */
  withSource(source: SourceText): this {
    this.source ??= source;
    return this;
  }

  /** Puts one more enclosing place in front of `where`; a place that two layers name counts once. */
  withWhere(place: string): this {
    if (this.where[0] !== place) this.where = [place, ...this.where];
    return this;
  }
}

export class ParseError extends SluiceError {}
export class PlanError extends SluiceError {}
export class TypeMismatchError extends SluiceError {}
export class ConnectorError extends SluiceError {}
export class WireError extends SluiceError {}
export class StateError extends SluiceError {}

/** A broken promise of ours; the message names what was expected. */
export class InternalError extends SluiceError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('INTERNAL', message, { ...details, domain: 'internal' });
  }
}
