import { encodeUtf8 } from '../../columnar/byte-slice.ts';
import { behindElement, memberValue, skipBlanks, skipString, skipValue } from './json-scanner.ts';

export type JsonStep =
  | { readonly kind: 'member'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly kind: 'element'; readonly index: number }
  | { readonly kind: 'all' };

export interface JsonPath {
  readonly steps: readonly JsonStep[];
  /** Without `[*]`: one place in the text. */
  readonly simple: boolean;
}

const STEP = /\.([^.[\]]+)|\[(\d{1,9})\]|\[(\*)\]|\['([^']*)'\]|\["([^"]*)"\]/y;

/** `$.a.b[0][*]`, also `['a b']`; null when the text is no path. */
export function parseJsonPath(text: string): JsonPath | null {
  const body = text.trim().replace(/^(?:lax|strict)\s+/i, '');
  if (!body.startsWith('$')) return null;
  const steps: JsonStep[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < body.length) {
    const match = STEP.exec(body);
    if (match === null) return null;
    const name = match[1] ?? match[4] ?? match[5];
    if (name !== undefined) steps.push({ kind: 'member', name, bytes: encodeUtf8(name) });
    else if (match[3] !== undefined) steps.push({ kind: 'all' });
    else steps.push({ kind: 'element', index: Number(match[2]) });
  }
  return { steps, simple: steps.every((step) => step.kind !== 'all') };
}

/**
 * Finds the value a simple path leads to in JSON bytes. The whole text is checked, so that broken JSON is found
 * wherever it breaks. One instance serves one call site; results are registers.
 */
export class JsonLocator {
  readonly #steps: readonly JsonStep[];
  /** Where the value lies; `start` -1: there is none. */
  start = -1;
  end = -1;
  /** A member step met an array (Blink then looks into its elements), or a name with escapes: ask JSON.parse. */
  unsure = false;

  constructor(path: JsonPath) {
    this.#steps = path.steps;
  }

  /** False when the text is not JSON. */
  find(bytes: Uint8Array, offset: number, length: number): boolean {
    this.start = this.end = -1;
    this.unsure = false;
    const end = offset + length;
    const behind = this.#walk(bytes, skipBlanks(bytes, offset, end), end, 0);
    return behind >= 0 && skipBlanks(bytes, behind, end) === end;
  }

  /** Behind the value at `at`, having followed the steps from `depth` on into it; -1: not JSON. */
  #walk(bytes: Uint8Array, at: number, end: number, depth: number): number {
    const step = this.#steps[depth];
    if (step === undefined) {
      const behind = skipValue(bytes, at, end);
      this.start = at;
      this.end = behind;
      return behind;
    }
    if (at >= end) return -1;
    const opening = bytes[at];
    if (opening === 0x7b && step.kind === 'member') return this.#object(bytes, at, end, depth, step.bytes);
    if (opening === 0x5b && step.kind === 'element') return this.#array(bytes, at, end, depth, step.index);
    if (opening === 0x5b && step.kind === 'member') this.unsure = true;
    return skipValue(bytes, at, end);
  }

  #object(bytes: Uint8Array, at: number, end: number, depth: number, wanted: Uint8Array): number {
    let place = skipBlanks(bytes, at + 1, end);
    if (place < end && bytes[place] === 0x7d) return place + 1;
    for (;;) {
      const value = memberValue(bytes, place, end);
      if (value < 0) return -1;
      let behind: number;
      if (this.#isName(bytes, place, end, wanted)) {
        // Of two members with one name the last counts.
        this.start = this.end = -1;
        behind = this.#walk(bytes, value, end, depth + 1);
      } else {
        behind = skipValue(bytes, value, end);
      }
      place = behindElement(bytes, behind, end, 0x7d);
      if (place < 0) return -1;
      if (bytes[place - 1] === 0x7d) return place;
      place = skipBlanks(bytes, place, end);
    }
  }

  #array(bytes: Uint8Array, at: number, end: number, depth: number, wanted: number): number {
    let place = skipBlanks(bytes, at + 1, end);
    if (place < end && bytes[place] === 0x5d) return place + 1;
    for (let index = 0; ; index++) {
      const behind = index === wanted ? this.#walk(bytes, place, end, depth + 1) : skipValue(bytes, place, end);
      place = behindElement(bytes, behind, end, 0x5d);
      if (place < 0) return -1;
      if (bytes[place - 1] === 0x5d) return place;
      place = skipBlanks(bytes, place, end);
    }
  }

  #isName(bytes: Uint8Array, at: number, end: number, wanted: Uint8Array): boolean {
    const from = at + 1;
    for (let i = 0; i < wanted.length; i++) {
      if (bytes[from + i] === wanted[i]) continue;
      if (hasBackslash(bytes, from, end)) this.unsure = true;
      return false;
    }
    if (bytes[from + wanted.length] === 0x22) return true;
    if (hasBackslash(bytes, from, end)) this.unsure = true;
    return false;
  }
}

/** Whether the string whose text starts at `from` holds an escape. */
function hasBackslash(bytes: Uint8Array, from: number, end: number): boolean {
  const behind = skipString(bytes, from - 1, end);
  for (let i = from; i < behind; i++) if (bytes[i] === 0x5c) return true;
  return false;
}

/**
 * The general way, on a parsed value, as Hive's get_json_object (from which Blink's has grown): a member step over an
 * array looks into each element, `[*]` flattens; nothing found is undefined.
 */
export function followJsonPath(root: unknown, path: JsonPath): unknown {
  let current = root;
  for (let i = 0; i < path.steps.length;) {
    const step = path.steps[i]!;
    if (step.kind === 'member') {
      current = memberOf(current, step.name);
      i++;
    } else {
      // A run of indexes works on a list, which is one value again when it ends with one item.
      let list: unknown[] = [current];
      for (; i < path.steps.length; i++) {
        const index = path.steps[i]!;
        if (index.kind === 'member') break;
        list = list.flatMap((one) => {
          if (!Array.isArray(one)) return [];
          if (index.kind === 'all') return one as unknown[];
          return index.index < one.length ? [(one as unknown[])[index.index]] : [];
        });
        if (list.length === 0) return undefined;
      }
      current = list.length === 1 ? list[0] : list;
    }
    if (current === undefined) return undefined;
  }
  return current;
}

function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) {
    const found = value.flatMap((one: unknown) => {
      const inner = isRecord(one) ? one[name] : undefined;
      return inner === undefined || inner === null ? [] : Array.isArray(inner) ? (inner as unknown[]) : [inner];
    });
    return found.length === 0 ? undefined : found;
  }
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
