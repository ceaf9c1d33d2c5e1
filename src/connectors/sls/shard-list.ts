/** Which shards `shards` names: those listed, or those whose number leaves `remainder` when divided by `divisor`. */
export type ShardChoice =
  | { readonly kind: 'list'; readonly ids: ReadonlySet<number> }
  | { readonly kind: 'modulo'; readonly remainder: number; readonly divisor: number };

/**
 * Reads `'0,3-7'` or `'1 mod 4'`.
 * @returns undefined where the text is neither
 */
export function parseShardChoice(text: string): ShardChoice | undefined {
  const modulo = /^\s*(\d{1,6})\s*mod\s*(\d{1,6})\s*$/i.exec(text);
  if (modulo !== null) {
    const [remainder, divisor] = [Number(modulo[1]), Number(modulo[2])];
    return remainder < divisor ? { kind: 'modulo', remainder, divisor } : undefined;
  }
  const ids = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*$/.exec(part);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first || last - first > 100_000) return undefined;
    for (let id = first; id <= last; id++) ids.add(id);
  }
  return { kind: 'list', ids };
}

export function isChosen(choice: ShardChoice | undefined, shard: number): boolean {
  if (choice === undefined) return true;
  return choice.kind === 'list' ? choice.ids.has(shard) : shard % choice.divisor === choice.remainder;
}
