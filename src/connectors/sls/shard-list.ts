/**
 * Reads `'0,3-7'`.
 * @returns the ids, or undefined where the text is no such list
 */
export function parseShardList(text: string): ReadonlySet<number> | undefined {
  const ids = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*$/.exec(part);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first || last - first > 100_000) return undefined;
    for (let id = first; id <= last; id++) ids.add(id);
  }
  return ids;
}
