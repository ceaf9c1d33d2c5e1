/** Whether an item passes a filter `[?(…)]`. */
export type JsonTest = (item: unknown, root: unknown) => boolean;

/** Reads what stands behind `?`; null when it is no filter. */
export type FilterParser = (text: string) => JsonTest | null;

/** One step of a path of the SQL-standard functions; `..` looks for the step behind it at every depth. */
export type StandardStep =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'all' }
  | { readonly kind: 'scan' }
  | { readonly kind: 'filter'; readonly test: JsonTest }
  | { readonly kind: 'call'; readonly name: string };

/** A path of JSON_EXISTS, JSON_QUERY and of Flink's JSON_VALUE, which follow Jayway's JsonPath. */
export interface StandardPath {
  /** `lax`: what goes wrong on the way counts as "nothing found". A path without a mode is strict. */
  readonly lax: boolean;
  /** At most one place; otherwise the result is the list of what was found. */
  readonly definite: boolean;
  readonly steps: readonly StandardStep[];
}

/** Whether a step leads to one place; several names at the end make one object. */
export function isDefinite(step: StandardStep, at: number, steps: readonly StandardStep[]): boolean {
  if (step.kind === 'names') return step.names.length === 1 || at === steps.length - 1;
  if (step.kind === 'call') return true;
  return step.kind === 'indexes' && step.indexes.length === 1;
}

/** The steps behind `$` or `@`; a path without either starts with a name. */
export function parseSteps(text: string, parseFilter: FilterParser): readonly StandardStep[] | null {
  if (text === '' || text.endsWith('.')) return null;
  const body = text.startsWith('$') || text.startsWith('@') ? text : `$.${text}`;
  const steps: StandardStep[] = [];
  for (let at = 1; at < body.length;) {
    const next = body[at];
    if (at === 1 && next !== '.' && next !== '[') return null;
    if (next === '.') {
      const isScan = body[at + 1] === '.';
      if (isScan) steps.push({ kind: 'scan' });
      at += isScan ? 2 : 1;
      if (body[at] === '.' || at >= body.length) return null;
      if (body[at] === '[') continue;
    }
    if (next === '[') {
      const close = closingBracket(body, at);
      const step = close < 0 ? null : parseBracket(body.slice(at + 1, close).trim(), parseFilter);
      if (step === null) return null;
      steps.push(step);
      at = close + 1;
      continue;
    }
    const name = /^[^.[\s(]+/.exec(body.slice(at))?.[0];
    if (name === undefined) return null;
    at += name.length;
    if (body[at] === '(') {
      const close = body.indexOf(')', at);
      if (close < 0) return null;
      steps.push({ kind: 'call', name });
      at = close + 1;
    } else if (/\s/.test(body[at] ?? '')) {
      return null;
    } else {
      steps.push(name === '*' ? { kind: 'all' } : { kind: 'names', names: [name] });
    }
  }
  return steps;
}

/** The bracket that closes the one at `open`, quotes and regular expressions skipped; -1 for none. */
function closingBracket(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const char = text[i];
    if (char === "'" || char === '"' || (char === '/' && /~\s*$/.test(text.slice(0, i)))) {
      for (i++; i < text.length && text[i] !== char; i++) if (text[i] === '\\') i++;
    } else if (char === '[') {
      depth++;
    } else if (char === ']' && --depth === 0) {
      return i;
    }
  }
  return -1;
}

function parseBracket(inner: string, parseFilter: FilterParser): StandardStep | null {
  if (inner === '*') return { kind: 'all' };
  if (inner.startsWith('?')) {
    const test = parseFilter(inner.slice(1).trim());
    return test === null ? null : { kind: 'filter', test };
  }
  if (/^['"]/.test(inner)) {
    const names = [...inner.matchAll(/\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(,|$)/gs)];
    if (names.map((one) => one[0]).join('') !== inner) return null;
    return { kind: 'names', names: names.map((one) => (one[1] ?? one[2] ?? '').replace(/\\(.)/gs, '$1')) };
  }
  if (/^-?\d+(\s*,\s*-?\d+)*$/.test(inner)) return { kind: 'indexes', indexes: inner.split(',').map(Number) };
  const slice = /^(-?\d+)?\s*:\s*(-?\d+)?$/.exec(inner);
  if (slice === null || (slice[1] === undefined && slice[2] === undefined)) return null;
  const bound = (digits: string | undefined): number | undefined => (digits === undefined ? undefined : Number(digits));
  return { kind: 'slice', from: bound(slice[1]), to: bound(slice[2]) };
}
