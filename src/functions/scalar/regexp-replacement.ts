/** A piece of a Java replacement: text, or a group by number or name. */
type Piece = string | { readonly group: number | string };

let lastReplacement: string | undefined;
let lastPieces: readonly Piece[] | null = null;

/**
 * `Matcher.replaceAll` of Java: `$1`, `${name}` are groups, a backslash makes the next character literal.
 * Null when the replacement is not valid or names a group that the pattern lacks (Java throws).
 */
export function javaReplacement(text: string, pattern: RegExp, replacement: string): string | null {
  if (replacement !== lastReplacement) {
    lastPieces = parseReplacement(replacement);
    lastReplacement = replacement;
  }
  const pieces = lastPieces;
  if (pieces === null) return null;
  const [only = '', ...others] = pieces;
  // Mostly there are no groups; a function keeps JavaScript from reading `$` in the text.
  if (others.length === 0 && typeof only === 'string') return text.replace(pattern, () => only);
  let failed = false;
  const replaced = text.replace(pattern, (...parts: unknown[]) => {
    const last = parts.at(-1);
    const named = typeof last === 'object' && last !== null ? (last as Readonly<Record<string, string>>) : undefined;
    // match, groups …, offset, text[, named groups]
    const groupCount = parts.length - (named === undefined ? 2 : 3);
    let out = '';
    for (const piece of pieces) {
      if (typeof piece === 'string') {
        out += piece;
      } else if (typeof piece.group === 'string') {
        failed ||= named === undefined || !Object.hasOwn(named, piece.group);
        out += named?.[piece.group] ?? '';
      } else {
        const number = groupNumber(piece.group, groupCount);
        failed ||= number === undefined;
        if (number !== undefined) out += ((parts[number.group] as string | undefined) ?? '') + number.rest;
      }
    }
    return out;
  });
  return failed ? null : replaced;
}

/** Java takes as many digits as still name a group: `$12` is group 1 and `2` when there is no group 12. */
function groupNumber(digits: number, groupCount: number): { group: number; rest: string } | undefined {
  const text = String(digits);
  for (let length = text.length; length > 0; length--) {
    const group = Number(text.slice(0, length));
    if (group < groupCount) return { group, rest: text.slice(length) };
  }
  return undefined;
}

function parseReplacement(replacement: string): Piece[] | null {
  const pieces: Piece[] = [];
  let literal = '';
  for (let i = 0; i < replacement.length;) {
    const one = replacement.charAt(i);
    if (one === '\\') {
      if (i + 1 === replacement.length) return null;
      literal += replacement.charAt(i + 1);
      i += 2;
      continue;
    }
    if (one !== '$') {
      literal += one;
      i++;
      continue;
    }
    const match = /^\$(?:(\d{1,4})|\{([A-Za-z][A-Za-z0-9]*)\})/.exec(replacement.slice(i, i + 100));
    if (match === null) return null;
    if (literal !== '') pieces.push(literal);
    literal = '';
    pieces.push({ group: match[2] ?? Number(match[1]) });
    i += match[0].length;
  }
  if (literal !== '') pieces.push(literal);
  return pieces;
}
