import type { EngineApi } from '../index.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { colorsFor } from './colors.ts';

export interface ErrorTextOptions {
  readonly color: boolean;
  /** Draws the caret; absent before an engine is open, when no error has a place in a text either. */
  readonly engine?: Pick<EngineApi, 'renderError'> | undefined;
}

/** What a user reads of a failure: no stack trace; ends with a line feed. */
export function errorText(error: unknown, options: ErrorTextOptions): string {
  const text = options.engine?.renderError(error, { color: options.color }) ?? plainText(error, options.color);
  return text.endsWith('\n') ? text : `${text}\n`;
}

function plainText(error: unknown, color: boolean): string {
  const colors = colorsFor(color);
  if (!(error instanceof SluiceError)) {
    const message = error instanceof Error ? error.message : String(error);
    return `${colors.red(colors.bold('error[INTERNAL]:'))} ${message}`;
  }
  const lines = [`${colors.red(colors.bold(`error[${error.code}]:`))} ${error.message}`];
  if (error.detail !== undefined) lines.push(error.detail);
  if (error.hint !== undefined) lines.push(`${colors.cyan('hint:')} ${error.hint}`);
  return lines.join('\n');
}
