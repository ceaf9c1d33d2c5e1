import { setFlagsFromString } from 'node:v8';
import { SluiceError } from '../errors/sluice-error.ts';
import { parseJavaRegexp, RegexpSyntaxError } from './regexp/parse-java-regexp.ts';
import { expandRepetitions, printRegexp, RegexpTooLargeError } from './regexp/print-regexp.ts';

// Excessive backtracking falls back to V8's linear engine; the second flag lets us ask, by the flag `l`, whether a
// pattern is covered (design D3). Both must be set before the first pattern is compiled.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
setFlagsFromString('--enable-experimental-regexp-engine');

const MAX_PATTERN = 20_000;
const MAX_CACHED = 500;
const cache = new Map<string, RegExp | null | SluiceError>();

export interface RegexpOptions {
  /** Take patterns that the linear engine does not cover (`SET regexp.backtracking = 'true'`). */
  readonly backtracking: boolean;
  /** Search from `lastIndex`: for replacing and counting. The same object is given to every caller: reset `lastIndex`. */
  readonly global?: boolean;
}

/**
 * The JavaScript form of a Java pattern that cannot run without end; null when the pattern is not valid.
 * Differences that stay: `$` is the very end only, and `.` counts a character beyond the BMP as two.
 * @throws SluiceError VALUE_REGEXP for a valid pattern that only a backtracking engine can run
 */
export function javaRegexp(pattern: string, options: RegexpOptions): RegExp | null {
  const flags = options.global === true ? 'g' : '';
  const key = `${options.backtracking ? 'b' : 'l'}${flags}:${pattern}`;
  let found = cache.get(key);
  if (found === undefined) {
    found = compile(pattern, flags, options.backtracking);
    // Patterns may come from data: the cache must not grow without end.
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(key, found);
  }
  if (found instanceof SluiceError) throw found;
  return found;
}

function compile(pattern: string, flags: string, backtracking: boolean): RegExp | null | SluiceError {
  if (pattern.length > MAX_PATTERN) return refused(pattern, 'is too long');
  try {
    const { root, multiline } = parseJavaRegexp(pattern);
    const allFlags = multiline ? `m${flags}` : flags;
    const text = printRegexp(root);
    const plain = new RegExp(text, allFlags);
    if (backtracking || isCovered(text, allFlags)) return plain;
    const expanded = printRegexp(expandRepetitions(root));
    return isCovered(expanded, allFlags) ? new RegExp(expanded, allFlags) : refused(pattern, 'could run without end');
  } catch (error) {
    if (error instanceof RegexpTooLargeError) return refused(pattern, 'repeats too much');
    if (error instanceof RegexpSyntaxError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function isCovered(text: string, flags: string): boolean {
  try {
    return new RegExp(text, `l${flags}`) instanceof RegExp;
  } catch {
    return false;
  }
}

function refused(pattern: string, fact: string): SluiceError {
  const shown = pattern.length > 80 ? `${pattern.slice(0, 80)}…` : pattern;
  return new SluiceError('VALUE_REGEXP', `the regular expression '${shown}' ${fact}`, {
    hint: "Look-around, back-references and long counted repetitions need backtracking: write it without them, or SET regexp.backtracking = 'true'.",
  });
}
