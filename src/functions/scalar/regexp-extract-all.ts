import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { ArrayWriter } from '../../columnar/nested/array-codec.ts';
import { INT, isInteger, isString, VARCHAR } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { nestedBinding, TEXT_ARRAY } from './nested-arguments.ts';
import { patternOf } from './regexp.ts';

// slow: as the other functions over regular expressions.

export const regexpExtractAll = scalar({
  name: 'REGEXP_EXTRACT_ALL',
  category: 'regexp',
  syntax: ['REGEXP_EXTRACT_ALL(text, pattern [, group])'],
  doc: 'What the group (default 1; 0 is the whole match) of every match holds, as an array. NULL for an invalid pattern or a group it does not have.',
  examples: [
    { sql: "REGEXP_EXTRACT_ALL('100-200, 300-400', '(\\d+)-(\\d+)', 1)", gives: '[100, 300]' },
    { sql: "REGEXP_EXTRACT_ALL('a1b2', '[a-z]', 0)", gives: '[a, b]' },
    { sql: "REGEXP_EXTRACT_ALL('abc', 'b')", gives: null },
  ],
  resolve(site) {
    const [text, pattern, group, ...rest] = site.types;
    if (text === undefined || pattern === undefined || rest.length > 0) return undefined;
    if (![text, pattern].every((type) => isString(type) || type.kind === 'null')) return undefined;
    if (group !== undefined && !isInteger(group) && group.kind !== 'null') return undefined;
    const find = patternOf(site, true);
    const writer = new ArrayWriter(VARCHAR);
    let groups: { of: string; count: number } | undefined;
    const kernel = (out: ByteSlice, subject: ByteSlice, source: ByteSlice, wanted = 1): boolean => {
      const regexp = find(source);
      if (regexp === null || wanted < 0) return false;
      if (groups?.of !== regexp.source) groups = { of: regexp.source, count: groupCount(regexp) };
      if (wanted > groups.count) return false;
      const found: Value[] = [];
      for (const match of subject.toString().matchAll(regexp)) {
        const part = match[wanted];
        found.push(part === undefined ? null : ByteSlice.ofString(part));
      }
      writer.write(out, found);
      return true;
    };
    const args = [VARCHAR, VARCHAR, ...(group === undefined ? [] : [INT])];
    return nestedBinding(args, TEXT_ARRAY, kernel, { mayReturnNull: true });
  },
});

/** An alternative that is empty always matches, and the match lists all groups. */
function groupCount(regexp: RegExp): number {
  return (new RegExp(`${regexp.source}|`, regexp.flags.replace('g', '')).exec('')?.length ?? 1) - 1;
}
