/** A set of code points as sorted, disjoint, inclusive ranges: [from, to, from, to, …]. */
export type CharSet = readonly number[];

const LAST = 0x10ffff;
const BMP_LAST = 0xffff;

export function charSet(...ranges: readonly (readonly [number, number])[]): CharSet {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [from, to] of sorted) {
    const end = out[out.length - 1];
    if (end !== undefined && from <= end + 1) out[out.length - 1] = Math.max(end, to);
    else out.push(from, to);
  }
  return out;
}

function pairs(set: CharSet): [number, number][] {
  const list: [number, number][] = [];
  for (let i = 0; i < set.length; i += 2) list.push([set[i]!, set[i + 1]!]);
  return list;
}

export function unionOf(a: CharSet, b: CharSet): CharSet {
  return charSet(...pairs(a), ...pairs(b));
}

export function complementOf(set: CharSet): CharSet {
  const out: number[] = [];
  let next = 0;
  for (const [from, to] of pairs(set)) {
    if (from > next) out.push(next, from - 1);
    next = to + 1;
  }
  if (next <= LAST) out.push(next, LAST);
  return out;
}

export function intersectionOf(a: CharSet, b: CharSet): CharSet {
  return complementOf(unionOf(complementOf(a), complementOf(b)));
}

/** Adds the other case of every ASCII letter: Java's CASE_INSENSITIVE without UNICODE_CASE. */
export function withBothCases(set: CharSet): CharSet {
  const more: [number, number][] = [];
  for (const [from, to] of pairs(set)) {
    const upperFrom = Math.max(from, 0x41);
    const upperTo = Math.min(to, 0x5a);
    if (upperFrom <= upperTo) more.push([upperFrom + 32, upperTo + 32]);
    const lowerFrom = Math.max(from, 0x61);
    const lowerTo = Math.min(to, 0x7a);
    if (lowerFrom <= lowerTo) more.push([lowerFrom - 32, lowerTo - 32]);
  }
  return more.length === 0 ? set : unionOf(set, charSet(...more));
}

function unit(code: number): string {
  if ((code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)) {
    return String.fromCharCode(code);
  }
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function classText(ranges: readonly (readonly [number, number])[]): string {
  return ranges.map(([from, to]) => (from === to ? unit(from) : `${unit(from)}-${unit(to)}`)).join('');
}

/** The set as JavaScript pattern text without the `u` flag; code points beyond the BMP are surrogate pairs. */
export function printCharSet(set: CharSet): string {
  const all = pairs(set);
  const [only] = all;
  if (all.length === 1 && only !== undefined && only[0] === only[1] && only[0] <= BMP_LAST) return unit(only[0]);
  const complement = pairs(complementOf(set));
  const hasWholeAstral = all.some(([from, to]) => from <= BMP_LAST + 1 && to === LAST);
  // A pair then matches as two units; the linear engine gains more than a lone `.` on an emoji loses.
  if (hasWholeAstral) return complement.length === 0 ? '[\\s\\S]' : `[^${classText(complement)}]`;
  const bmp: [number, number][] = [];
  const alternatives: string[] = [];
  for (const [from, to] of all) {
    if (from <= BMP_LAST) bmp.push([from, Math.min(to, BMP_LAST)]);
    if (to > BMP_LAST) alternatives.push(...astralAlternatives(Math.max(from, BMP_LAST + 1), to));
  }
  const plain = bmp.length === 0 ? (alternatives.length === 0 ? '[]' : '') : `[${classText(bmp)}]`;
  if (alternatives.length === 0) return plain;
  return `(?:${[...(plain === '' ? [] : [plain]), ...alternatives].join('|')})`;
}

function astralAlternatives(from: number, to: number): string[] {
  const out: string[] = [];
  for (let at = from; at <= to;) {
    const high = 0xd800 + ((at - 0x10000) >> 10);
    const blockEnd = Math.min(to, at | 0x3ff);
    const low = (code: number): number => 0xdc00 + ((code - 0x10000) & 0x3ff);
    out.push(`${unit(high)}[${classText([[low(at), low(blockEnd)]])}]`);
    at = blockEnd + 1;
  }
  return out;
}

export const DIGITS: CharSet = charSet([0x30, 0x39]);
export const WORD: CharSet = charSet([0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]);
export const SPACE: CharSet = charSet([0x09, 0x0d], [0x20, 0x20]);
export const HORIZONTAL: CharSet = charSet(
  [0x09, 0x09],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x180e, 0x180e],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
);
export const VERTICAL: CharSet = charSet([0x0a, 0x0d], [0x85, 0x85], [0x2028, 0x2029]);
/** What `.` leaves out. */
export const LINE_ENDS: CharSet = charSet([0x0a, 0x0a], [0x0d, 0x0d], [0x85, 0x85], [0x2028, 0x2029]);

/** Java's POSIX classes: ASCII only. */
const POSIX: Readonly<Record<string, CharSet>> = {
  Lower: charSet([0x61, 0x7a]),
  Upper: charSet([0x41, 0x5a]),
  ASCII: charSet([0, 0x7f]),
  Alpha: charSet([0x41, 0x5a], [0x61, 0x7a]),
  Digit: DIGITS,
  Alnum: charSet([0x30, 0x39], [0x41, 0x5a], [0x61, 0x7a]),
  Punct: charSet([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e]),
  Graph: charSet([0x21, 0x7e]),
  Print: charSet([0x20, 0x7e]),
  Blank: charSet([0x09, 0x09], [0x20, 0x20]),
  Cntrl: charSet([0, 0x1f], [0x7f, 0x7f]),
  XDigit: charSet([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]),
  Space: SPACE,
};

const properties = new Map<string, CharSet | undefined>();

/** The set of `\p{name}`: POSIX classes, and Unicode categories and scripts (`L`, `IsLatin`, `IsHan`); else undefined. */
export function propertySet(name: string): CharSet | undefined {
  const posix = POSIX[name];
  if (posix !== undefined) return posix;
  if (!properties.has(name) && properties.size < 200) properties.set(name, unicodeSet(name.replace(/^Is/, '')));
  return properties.get(name);
}

function unicodeSet(name: string): CharSet | undefined {
  if (!/^[A-Za-z_]+$/.test(name)) return undefined;
  for (const candidate of [name, `Script=${name}`]) {
    let pattern: RegExp;
    try {
      pattern = new RegExp(`^\\p{${candidate}}$`, 'u');
    } catch {
      continue;
    }
    // Scripts and categories are asked once per name, code point by code point, about 30 ms.
    const out: number[] = [];
    for (let code = 0; code <= LAST; code++) {
      if (code >= 0xe000 && code === 0xf0000) break;
      if (!pattern.test(String.fromCodePoint(code))) continue;
      if (out[out.length - 1] === code - 1) out[out.length - 1] = code;
      else out.push(code, code);
    }
    return out;
  }
  return undefined;
}
