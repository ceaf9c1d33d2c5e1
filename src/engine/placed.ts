import { SluiceError } from '../errors/sluice-error.ts';
import type { SourceText } from '../errors/span.ts';

/** Errors name the text they point into. */
export function placed<T>(source: SourceText, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SluiceError) error.withSource(source);
    throw error;
  }
}
