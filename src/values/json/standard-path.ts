import { parseFilter } from './filter-expression.ts';
import { isDefinite, parseSteps, type StandardPath } from './path-steps.ts';

const MODE = /^\s*(lax|strict)\s+(.+)$/is;

/** Null when the text is no path. */
export function parseStandardPath(text: string): StandardPath | null {
  const match = MODE.exec(text);
  const lax = match?.[1]?.toLowerCase() === 'lax';
  const steps = parseSteps((match?.[2] ?? text).trim(), parseFilter);
  return steps === null ? null : { lax, steps, definite: steps.every(isDefinite) };
}
