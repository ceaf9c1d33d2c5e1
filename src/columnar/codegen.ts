/**
 * The only place that turns text into code (law: no user text enters generated source). `body` is composed of our own
 * templates, column numbers and slot names; literals, patterns and user functions arrive as `bound` values.
 *
 * @param parameters names of the arguments of the returned function
 * @param body       its statements
 * @param bound      values the body may use by name
 */
export function generateFunction<T extends (...args: never[]) => unknown>(
  parameters: readonly string[],
  body: string,
  bound: Readonly<Record<string, unknown>>,
): T {
  const names = Object.keys(bound);
  const make = new Function(...names, `"use strict"; return function (${parameters.join(', ')}) {\n${body}\n};`) as (
    ...values: unknown[]
  ) => T;
  return make(...names.map((name) => bound[name]));
}

/** False where the host forbids code generation (`--disallow-code-generation-from-strings`); then the interpreter runs. */
export function canGenerateCode(): boolean {
  try {
    return generateFunction<() => number>([], 'return 1;', {})() === 1;
  } catch {
    return false;
  }
}
