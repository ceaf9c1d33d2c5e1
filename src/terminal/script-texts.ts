import { SluiceError } from '../errors/sluice-error.ts';
import type { SourceText, Span } from '../errors/span.ts';
import { keepParts } from '../tooling.ts';

/** Lets the engine run parts of a script and still shows mistakes in the whole of it. */
export class ScriptTexts {
  private readonly originals = new Map<string, SourceText>();

  /** The script with everything but `parts` blanked: places stay, and `restore` finds the way back. */
  only(source: SourceText, parts: readonly Span[]): string {
    const text = keepParts(source.text, parts);
    this.originals.set(text, source);
    return text;
  }

  /** Puts the whole script under the place of a mistake. */
  restore(error: unknown): unknown {
    if (error instanceof SluiceError && error.source !== undefined) {
      error.source = this.originals.get(error.source.text) ?? error.source;
    }
    return error;
  }
}
