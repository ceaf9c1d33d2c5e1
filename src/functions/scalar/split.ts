import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { ArrayWriter } from '../../columnar/nested/array-codec.ts';
import { MapWriter } from '../../columnar/nested/map-codec.ts';
import { isString, mapOf, VARCHAR } from '../../types/sql-type.ts';
import { indexOfBytes, skipCodePoints } from '../../values/utf8.ts';
import { javaRegexp } from '../../values/regexp-guard.ts';
import type { CallSite } from '../../contracts/function.ts';
import { scalar } from '../define.ts';
import { nestedBinding, TEXT_ARRAY } from './nested-arguments.ts';

function viewOf(bytes: Uint8Array, from: number, end: number): ByteSlice {
  const slice = new ByteSlice();
  slice.view(bytes, from, end - from);
  return slice;
}

const split = scalar({
  name: 'SPLIT',
  category: 'string',
  syntax: ['SPLIT(text, separator)'],
  doc: 'The tokens between separators as an array; empty tokens count. An empty separator splits into characters.',
  examples: [
    { sql: "SPLIT('a,b,,c', ',')", gives: '[a, b, , c]' },
    { sql: "SPLIT('abc', '')", gives: '[a, b, c]' },
  ],
  resolve({ types }) {
    if (types.length !== 2 || !types.every((type) => isString(type) || type.kind === 'null')) return undefined;
    const writer = new ArrayWriter(VARCHAR);
    const kernel = (out: ByteSlice, text: ByteSlice, separator: ByteSlice): void => {
      const { bytes, offset } = text;
      const end = offset + text.length;
      const tokens: Value[] = [];
      let from = offset;
      if (separator.length === 0) {
        while (from < end) {
          const next = skipCodePoints(bytes, from, end, 1);
          tokens.push(viewOf(bytes, from, next));
          from = next;
        }
      } else {
        for (;;) {
          const found = indexOfBytes(bytes, from, end, separator.bytes, separator.offset, separator.length);
          tokens.push(viewOf(bytes, from, found < 0 ? end : found));
          if (found < 0) break;
          from = found + separator.length;
        }
      }
      writer.write(out, tokens);
    };
    return nestedBinding([VARCHAR, VARCHAR], TEXT_ARRAY, kernel);
  },
});

/** Where a regular expression is found next from a place on; undefined: nowhere. */
type Finder = (text: string, from: number) => { readonly start: number; readonly end: number } | undefined;

function finderOf(site: CallSite): (pattern: ByteSlice) => Finder | null {
  let lastText: string | undefined;
  let last: Finder | null = null;
  return (pattern) => {
    const text = pattern.toString();
    if (text !== lastText) {
      lastText = text;
      last = compile(text);
    }
    return last;
  };

  function compile(text: string): Finder | null {
    const { regexpBacktracking } = site.context;
    const regexp = javaRegexp(text, { backtracking: regexpBacktracking, global: true });
    if (regexp === null) return null;
    return (subject, from) => {
      regexp.lastIndex = from;
      const match = regexp.exec(subject);
      return match === null ? undefined : { start: match.index, end: match.index + match[0].length };
    };
  }
}

/** Java's `split`: no empty token in front of an empty match, none at the end. */
function tokensOf(text: string, find: Finder): string[] {
  const tokens: string[] = [];
  let from = 0;
  for (let at = 0; at <= text.length;) {
    const match = find(text, at);
    if (match === undefined) break;
    const { start, end } = match;
    if (end > 0) {
      tokens.push(text.slice(from, start));
      from = end;
    }
    at = end > start ? end : end + 1;
  }
  tokens.push(text.slice(from));
  while (tokens.length > 1 && tokens[tokens.length - 1] === '') tokens.pop();
  return tokens;
}

const strToMap = scalar({
  name: 'STR_TO_MAP',
  category: 'string',
  syntax: ['STR_TO_MAP(text)', 'STR_TO_MAP(text, pair_separator, key_value_separator)'],
  doc: 'The pairs of a text such as `k1=v1,k2=v2` as a map. Separators are regular expressions, `,` and `=` where none are given; a pair without a key-value separator has the value NULL, and of a repeated key the last counts.',
  examples: [
    { sql: "STR_TO_MAP('k1=v1,k2=v2')", gives: '{k1=v1, k2=v2}' },
    { sql: "STR_TO_MAP('k1:v1;k2', ';', ':')['k1']", gives: 'v1' },
    { sql: "STR_TO_MAP('k1:v1;k2', ';', ':')['k2']", gives: null },
  ],
  resolve(site) {
    const { types } = site;
    if (types.length !== 1 && types.length !== 3) return undefined;
    if (!types.every((type) => isString(type) || type.kind === 'null')) return undefined;
    const pairFinder = finderOf(site);
    const sideFinder = finderOf(site);
    const [comma, equals] = [ByteSlice.ofString(','), ByteSlice.ofString('=')];
    const writer = new MapWriter(VARCHAR, VARCHAR);
    const kernel = (out: ByteSlice, text: ByteSlice, pairs = comma, sides = equals): boolean => {
      const findPair = pairFinder(pairs);
      const findSide = sideFinder(sides);
      if (findPair === null || findSide === null) return false;
      const found = new Map<string, string | null>();
      for (const pair of text.length === 0 ? [] : tokensOf(text.toString(), findPair)) {
        const side = findSide(pair, 0);
        if (side === undefined) found.set(pair, null);
        else found.set(pair.slice(0, side.start), pair.slice(side.end));
      }
      writer.write(
        out,
        [...found.keys()].map((key) => ByteSlice.ofString(key)),
        [...found.values()].map((value) => (value === null ? null : ByteSlice.ofString(value))),
      );
      return true;
    };
    return nestedBinding(
      types.map(() => VARCHAR),
      mapOf(VARCHAR, VARCHAR),
      kernel,
      { mayReturnNull: true },
    );
  },
});

export const splitFunctions = [split, strToMap];
