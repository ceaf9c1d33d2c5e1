/** A row of one partition as the model sees it. */
export interface ModelRow {
  readonly id: number;
  readonly ms: number;
  readonly v: number | null;
}

export interface ModelElement {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly reluctant: boolean;
  readonly relaxed: boolean;
}

/** Rows taken so far, in order. */
export type Path = readonly { readonly name: string; readonly row: ModelRow }[];

export interface ModelMatch {
  readonly pattern: readonly ModelElement[];
  /** Whether the row can be taken as the variable behind the path. */
  readonly condition: (name: string, path: Path, row: ModelRow) => boolean;
  readonly skip: 'next' | 'past' | { readonly to: 'first' | 'last'; readonly name: string };
  readonly withinMs: number | undefined;
}

interface Way {
  readonly path: Path;
  /** Place in the pattern: `taken` rows of element `at`. */
  readonly at: number;
  readonly taken: number;
  /** A row was passed over for the element: it cannot be left out any more. */
  readonly passed: boolean;
  /** The greedy element that took its last row just now: what follows takes none that it could have taken. */
  readonly full: readonly string[];
}

function isGreedy({ least, most, reluctant }: ModelElement): boolean {
  return !reluctant && least !== most && !(least === 0 && most === 1);
}

/**
 * Every way through the pattern from one row, row by row, without sharing anything: what a matcher must find, by the
 * rules of Flink's CEP library. A greedy element takes what it can and the element behind it only what the greedy one
 * cannot; otherwise all ways stay open and the one that ends first is the match.
 */
function fromRow(rows: readonly ModelRow[], start: number, model: ModelMatch): Path | undefined {
  const { pattern, condition, withinMs } = model;
  const lastNeeded = pattern.findLastIndex((one) => one.least > 0);
  const waits = pattern.slice(lastNeeded).some(isGreedy);
  const accepts = ({ at, taken }: Way): boolean =>
    (at >= pattern.length || taken >= pattern[at]!.least) && pattern.slice(at + 1).every((one) => one.least === 0);
  let ways: Way[] = [{ path: [], at: 0, taken: 0, passed: false, full: [] }];
  for (let r = start; r < rows.length; r++) {
    const row = rows[r]!;
    if (withinMs !== undefined && row.ms - rows[start]!.ms >= withinMs) break;
    const next: Way[] = [];
    for (const way of ways) {
      const found: Way[] = [];
      let { at, taken } = way;
      const nots: string[] = [...way.full];
      for (; at < pattern.length; at++, taken = 0) {
        const element = pattern[at]!;
        const isFree = nots.every((name) => !condition(name, way.path, row));
        const fits = condition(element.name, way.path, row);
        if (taken < element.most && isFree && fits) {
          const path = [...way.path, { name: element.name, row }];
          const isFull = taken + 1 === element.most;
          const full = isFull && isGreedy(element) ? [element.name] : [];
          found.push({ path, at: isFull ? at + 1 : at, taken: isFull ? 0 : taken + 1, passed: false, full });
        }
        if (element.relaxed && taken === 0 && isFree && !fits && way.path.length > 0) {
          found.push({ ...way, at, taken: 0, passed: true, full: [] });
        }
        const isWaiting = way.passed && at === way.at && taken === 0;
        if (isWaiting || taken < element.least) break;
        if (isGreedy(element)) nots.push(element.name);
      }
      for (const one of found) {
        const done = one.at >= pattern.length || (!waits && one.path !== way.path && accepts(one));
        if (done) return one.path;
      }
      if (found.length === 0 && waits && way.path.length > 0 && !way.passed && accepts(way)) return way.path;
      next.push(...found);
    }
    ways = next;
    if (ways.length === 0) return undefined;
  }
  return waits ? ways.find((way) => way.path.length > 0 && !way.passed && accepts(way))?.path : undefined;
}

/** All matches of one partition; a `string` is the error that stops it. */
export function modelMatches(rows: readonly ModelRow[], model: ModelMatch): readonly Path[] | string {
  const matches: Path[] = [];
  for (let start = 0; start < rows.length;) {
    const path = fromRow(rows, start, model);
    if (path === undefined) {
      start++;
      continue;
    }
    matches.push(path);
    if (model.skip === 'next') start++;
    else if (model.skip === 'past') start = rows.indexOf(path.at(-1)!.row) + 1;
    else {
      const { to, name } = model.skip;
      const of = path.filter((one) => one.name === name);
      const target = to === 'first' ? of[0] : of.at(-1);
      if (target === undefined) return 'it has no row in the match';
      const begin = rows.indexOf(target.row);
      if (begin === start) return 'found again and again';
      start = begin;
    }
  }
  return matches;
}
