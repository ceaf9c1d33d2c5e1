/** The known word closest to a misspelt one (without case), or undefined where none is close. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  // One letter is close to everything.
  if (lower.length < 2) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const one of known) {
    const distance = editDistance(lower, one.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = one;
      bestDistance = distance;
    }
  }
  return best ?? known.find((one) => isAbbreviation(lower, one.toLowerCase()));
}

/** `lvl` of `level`: its letters in order, the first one first, and most of the word's. */
function isAbbreviation(short: string, long: string): boolean {
  if (short.length < 3 || long.length > short.length * 2 || short[0] !== long[0]) return false;
  let at = 0;
  for (const letter of long) if (letter === short[at]) at++;
  return at === short.length;
}

/** Edits with transpositions counted once (optimal string alignment); `limit` or more means "too far". */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      current.push(cost);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}
