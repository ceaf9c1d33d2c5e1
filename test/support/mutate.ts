/** Repeatable chance. @source mulberry32 */
export function randomFrom(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000) * below);
  };
}

/** One to three places changed, taken out, put in or doubled. */
export function mutated(bytes: Uint8Array, next: (below: number) => number): Uint8Array {
  let list = [...bytes];
  for (let edits = 1 + next(3); edits > 0; edits--) {
    const at = next(list.length);
    const kind = next(5);
    if (kind === 0) list[at] = next(256);
    else if (kind === 1) list[at] = (list[at] ?? 0) ^ (1 << next(8));
    else if (kind === 2) list.splice(at, 1 + next(4));
    else if (kind === 3) list.splice(at, 0, ...Array.from({ length: 1 + next(4) }, () => next(256)));
    else list = [...list.slice(0, at), ...list.slice(next(list.length))];
    if (list.length === 0) list = [next(256)];
  }
  return Uint8Array.from(list);
}
