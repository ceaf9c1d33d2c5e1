import { InternalError, SluiceError } from '../errors/sluice-error.ts';

/** Failures of kernels as they leave an expression: our own pass, anything else is a mistake of the engine. */
export function asExpressionError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error.withWhere('expression');
  const text = error instanceof Error ? error.message : String(error);
  return new InternalError(`an expression failed: ${text}`, { cause: error }).withWhere('expression');
}
