import { ConnectorError, InternalError, SluiceError } from '../errors/sluice-error.ts';

const located = new WeakSet<SluiceError>();

/**
 * Any failure as a SluiceError that knows where in the job it happened. Only the first (innermost) caller names the
 * place; the stages it passes on its way up add nothing.
 *
 * @param places from the outside in: operator, split
 */
export function locatedError(error: unknown, ...places: readonly string[]): SluiceError {
  const known = error instanceof SluiceError ? error : wrapped(error);
  if (located.has(known)) return known;
  located.add(known);
  for (const place of places.toReversed()) known.withWhere(place);
  return known;
}

function wrapped(error: unknown): SluiceError {
  const message = error instanceof Error ? error.message : String(error);
  // Node's own failures (ECONNREFUSED, ENOENT …) carry a code: the world outside, not a mistake of ours.
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    return new ConnectorError('CONNECTOR_FAILED', message, { domain: 'external', cause: error });
  }
  return new InternalError(message, { cause: error });
}
