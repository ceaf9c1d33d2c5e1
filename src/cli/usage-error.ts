import { SluiceError } from '../errors/sluice-error.ts';

/** A mistake on the command line; ends with exit code 2. */
export function usageError(message: string, hint?: string): SluiceError {
  return new SluiceError('CLI_USAGE', message, { hint });
}
