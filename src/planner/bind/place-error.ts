import { ConnectorError, SluiceError } from '../../errors/sluice-error.ts';
import type { SourceText, Span } from '../../errors/span.ts';

/**
 * Runs code of a connector, which knows no places: what it throws without one is shown at `span`.
 * @throws what `work` throws, with a place
 */
export function placeErrors<T>(span: Span | undefined, source: SourceText | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SluiceError) || error.span !== undefined || span === undefined) throw error;
    const { code, message, hint, notes, domain, retry, detail } = error;
    throw new ConnectorError(code, message, { span, source, hint, notes, domain, retry, detail, cause: error });
  }
}
