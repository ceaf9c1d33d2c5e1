import { JsonNumber } from '../nested/json-tree.ts';
import { isDefinite, type StandardPath, type StandardStep } from './path-steps.ts';

/** The outcome of a path: `failed` is what strict mode reports (and lax mode takes as nothing found). */
export interface Found {
  readonly failed: boolean;
  /** null for nothing and for a JSON null. */
  readonly value: unknown;
}

const NOTHING: Found = { failed: false, value: null };
const FAILED: Found = { failed: true, value: null };

/** Follows a path over a value of `jsonTree`. */
export function followStandardPath(root: unknown, path: StandardPath): Found {
  const { steps, lax, definite } = path;
  const results: unknown[] = [];
  const isWhole = walk(root, steps, root, true, results);
  if (!definite) return !isWhole && !lax ? FAILED : { failed: false, value: results };
  if (isWhole && results.length > 0) return { failed: false, value: results[0] };
  return lax ? NOTHING : FAILED;
}

/** @returns false where a definite path cannot go on: a member of what is no object, an element of what is no array. */
function walk(
  value: unknown,
  steps: readonly StandardStep[],
  root: unknown,
  definite: boolean,
  out: unknown[],
): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) {
    out.push(value);
    return true;
  }
  const stillDefinite = definite && isDefinite(step, 0, steps);
  const goOn = (one: unknown): boolean => walk(one, rest, root, stillDefinite, out) || !stillDefinite;
  switch (step.kind) {
    case 'names':
      return walkNames(value, step.names, rest, definite, goOn);
    case 'indexes': {
      if (!Array.isArray(value)) return !definite;
      const items = value as unknown[];
      return step.indexes.every((index) => {
        const place = index < 0 ? items.length + index : index;
        return place < 0 || place >= items.length || goOn(items[place]);
      });
    }
    case 'slice':
      if (!Array.isArray(value)) return !definite;
      for (const one of slice(value as unknown[], step.from, step.to)) goOn(one);
      return true;
    case 'all':
      for (const one of childrenOf(value)) goOn(one);
      return true;
    case 'filter':
      if (!Array.isArray(value) && !(value instanceof Map)) return !definite;
      for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) if (step.test(one, root)) goOn(one);
      return true;
    case 'scan':
      walkDeep(value, rest, root, out);
      return true;
    case 'call': {
      const result = callOn(value, step.name);
      return result === undefined ? false : goOn(result);
    }
  }
}

function walkNames(
  value: unknown,
  names: readonly string[],
  rest: readonly StandardStep[],
  definite: boolean,
  goOn: (one: unknown) => boolean,
): boolean {
  if (!(value instanceof Map)) return !definite;
  const members = value as ReadonlyMap<string, unknown>;
  const [name = ''] = names;
  if (names.length === 1) {
    if (members.has(name)) return goOn(members.get(name));
    return rest.length === 0 || !definite;
  }
  const present = names.filter((one) => members.has(one));
  if (rest.length > 0) for (const one of present) goOn(members.get(one));
  else goOn(new Map(present.map((one) => [one, members.get(one)])));
  return true;
}

/** `..`: the next step at this value and at everything inside it. */
function walkDeep(value: unknown, steps: readonly StandardStep[], root: unknown, out: unknown[]): void {
  walk(value, steps, root, false, out);
  for (const one of childrenOf(value)) walkDeep(one, steps, root, out);
}

function childrenOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  return value instanceof Map ? [...(value as ReadonlyMap<string, unknown>).values()] : [];
}

function slice(items: readonly unknown[], from: number | undefined, to: number | undefined): readonly unknown[] {
  if (to === undefined) return items.slice(Math.max(0, (from ?? 0) < 0 ? items.length + (from ?? 0) : (from ?? 0)));
  if (from === undefined) return items.slice(0, Math.max(0, to < 0 ? items.length + to : to));
  return from >= to ? [] : items.slice(Math.max(0, from), Math.max(0, to));
}

/** `length()`, `size()` and the functions over numbers; undefined where they do not apply. */
function callOn(value: unknown, name: string): unknown {
  if (name === 'length' || name === 'size') {
    if (Array.isArray(value)) return new JsonNumber(String(value.length));
    return value instanceof Map ? new JsonNumber(String(value.size)) : undefined;
  }
  if (name === 'keys') return value instanceof Map ? [...(value as ReadonlyMap<string, unknown>).keys()] : undefined;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const items = value as unknown[];
  if (name === 'first') return items[0];
  if (name === 'last') return items.at(-1);
  const numbers = items.filter((one) => one instanceof JsonNumber).map((one) => Number(one.text));
  const sum = numbers.reduce((total, one) => total + one, 0);
  if (numbers.length === 0) return undefined;
  const result =
    name === 'min'
      ? Math.min(...numbers)
      : name === 'max'
        ? Math.max(...numbers)
        : name === 'sum'
          ? sum
          : name === 'avg'
            ? sum / numbers.length
            : undefined;
  if (result === undefined) return undefined;
  return new JsonNumber(Number.isInteger(result) ? `${result}.0` : String(result));
}
