import { ParseError } from '../../../src/errors/sluice-error.ts';
import type { SourceText } from '../../../src/errors/span.ts';

export function source(text: string): SourceText {
  return { name: 'test.sql', text };
}

/** What a user sees of an error: the whole text, and the place as `line:column` with what is underlined. */
export function errorOf(text: string, parse: (source: SourceText) => unknown): string {
  try {
    parse(source(text));
  } catch (error) {
    return describeError(text, error);
  }
  throw new Error('expected a ParseError');
}

export function describeError(text: string, error: unknown): string {
  if (!(error instanceof ParseError) || !error.span) throw error;
  if (error.source?.text !== text) throw new Error('the error does not carry its source');
  const before = text.slice(0, error.span.start).split('\n');
  const place = `${String(before.length)}:${String((before.at(-1) ?? '').length + 1)}`;
  const marked = text.slice(error.span.start, error.span.end);
  return `${error.code} ${place} [${marked}] ${error.message}${error.hint === undefined ? '' : ` / ${error.hint}`}`;
}
