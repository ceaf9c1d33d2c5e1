import type { EngineApi } from '../index.ts';
import { renderError } from '../errors/render-caret.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { colorsFor } from './colors.ts';

export interface ErrorTextOptions {
  readonly color: boolean;
  /** Knows which options are secret; absent before an engine is open. */
  readonly engine?: Pick<EngineApi, 'renderError'> | undefined;
}

/** What a user reads of a failure: no stack trace; ends with a line feed. */
export function errorText(error: unknown, options: ErrorTextOptions): string {
  const text = (options.engine?.renderError(error) ?? withoutEngine(error)).trimEnd();
  return `${options.color ? painted(text) : text}\n`;
}

function withoutEngine(error: unknown): string {
  if (error instanceof SluiceError) return renderError(error);
  return `error[INTERNAL]: ${error instanceof Error ? error.message : String(error)}`;
}

function painted(text: string): string {
  const { red, blue, cyan, bold } = colorsFor(true);
  return text
    .replace(/^error\[\w+\]/, (label) => bold(red(label)))
    .replace(/^( +)(-->)/m, (_, blanks: string, arrow: string) => blanks + blue(arrow))
    .replace(/^(hint|note)(?=:)/gm, (label) => cyan(label))
    .replace(/\^+$/m, (carets) => bold(red(carets)));
}
