import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import type { CallSite } from '../../contracts/function.ts';
import { isString, VARCHAR, type SqlType } from '../../types/sql-type.ts';
import { treeText } from '../../values/json/tree-text.ts';
import { jsonTree } from '../../values/nested/json-tree.ts';
import { jsonText as jsonTextOf } from '../../values/nested/nested-json.ts';
import { timeZone, type Zone } from '../../values/zone.ts';
import { scalar } from '../define.ts';

// slow: JSON text is put together from strings.

/** A value as JSON, in the text forms of Flink, which has these functions: a TIMESTAMP in ISO form. */
export function jsonText(type: SqlType, value: Value, zone: Zone): string {
  return jsonTextOf(type, value, zone, 'flink', isoTime);
}

/** Members by name and each name once (the last of equal ones counts), as Flink writes objects. */
export function sortedJson(text: string): string {
  const { bytes, offset, length } = ByteSlice.ofString(text);
  return treeText(jsonTree(bytes, offset, length));
}

/** `1990-06-02T13:37:42.001`: the zeros at the end of the fraction are left out. */
function isoTime(text: string): string {
  return text
    .replace(' ', 'T')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** What JSON_OBJECT and JSON_ARRAY give stands inside another one as it is, not as a text. */
function isJsonCall(site: CallSite, index: number): boolean {
  const name = site.calls?.[index];
  return name === 'JSON_OBJECT' || name === 'JSON_ARRAY';
}

/** The JSON text of the n-th argument. */
function argumentText(site: CallSite, index: number, type: SqlType, value: Value, zone: Zone): string {
  return value !== null && isJsonCall(site, index) ? String(value) : jsonText(type, value, zone);
}

/** Splits off a trailing NULL ON NULL / ABSENT ON NULL, which comes as a text constant. */
export function nullClause(site: CallSite): { readonly count: number; readonly absent: boolean | undefined } {
  const last = site.literals.at(-1);
  const words = last instanceof ByteSlice ? last.toString() : '';
  if (words === 'ABSENT ON NULL') return { count: site.types.length - 1, absent: true };
  if (words === 'NULL ON NULL') return { count: site.types.length - 1, absent: false };
  return { count: site.types.length, absent: undefined };
}

const jsonString = scalar({
  name: 'JSON_STRING',
  category: 'json',
  syntax: ['JSON_STRING(value)'],
  doc: 'The value as JSON text; NULL for NULL.',
  examples: [
    { sql: `JSON_STRING('a"b')`, gives: '"a\\"b"' },
    { sql: `JSON_STRING(TRUE)`, gives: 'true' },
  ],
  overloads: [
    {
      params: ['any'],
      returns: VARCHAR,
      make: (site, [type]) => {
        const zone = timeZone(site.context.timeZone);
        return (out: ByteSlice, value: Value) => {
          const text = type === undefined ? '' : jsonText(type, value, zone);
          out.setString(text.startsWith('"') ? text : sortedJson(text));
          return true;
        };
      },
    },
  ],
});

const jsonArray = scalar({
  name: 'JSON_ARRAY',
  category: 'json',
  syntax: ['JSON_ARRAY([value, …] [NULL | ABSENT ON NULL])'],
  doc: 'A JSON array of the values; NULLs are left out unless NULL ON NULL is said.',
  examples: [{ sql: `JSON_ARRAY(1, 'a')`, gives: '[1,"a"]' }],
  resolve(site) {
    const { count, absent = true } = nullClause(site);
    const zone = timeZone(site.context.timeZone);
    const { types } = site;
    return {
      args: types,
      returns: VARCHAR,
      impl: {
        nulls: 'custom',
        mayReturnNull: false,
        deterministic: true,
        kernel: (out: ByteSlice, ...values: Value[]) => {
          const items: string[] = [];
          for (let i = 0; i < count; i++) {
            const value = values[i] ?? null;
            if (value !== null || !absent) items.push(argumentText(site, i, types[i]!, value, zone));
          }
          out.setString(sortedJson(`[${items.join(',')}]`));
          return true;
        },
      },
    };
  },
});

/** Keys are texts and not NULL, as in Flink. */
function hasTextKeys({ types }: CallSite, count: number): boolean {
  return types.every((type, i) => i >= count || i % 2 !== 0 || isString(type));
}

const jsonObject = scalar({
  name: 'JSON_OBJECT',
  category: 'json',
  syntax: ['JSON_OBJECT([[KEY] key VALUE value, …] [NULL | ABSENT ON NULL])'],
  doc: 'A JSON object of the pairs, sorted by their keys, which are texts; NULL values are kept unless ABSENT ON NULL is said.',
  examples: [
    { sql: `JSON_OBJECT('b' VALUE 1, 'a' VALUE CAST(NULL AS INT))`, gives: '{"a":null,"b":1}' },
    { sql: `JSON_OBJECT('a' VALUE JSON_ARRAY(1, ARRAY['b', NULL]))`, gives: '{"a":[1,["b",null]]}' },
  ],
  resolve(site) {
    const { count, absent = false } = nullClause(site);
    if (count % 2 !== 0 || !hasTextKeys(site, count)) return undefined;
    const zone = timeZone(site.context.timeZone);
    const types = site.types.map((type, i) => (i < count && i % 2 === 0 ? VARCHAR : type));
    return {
      args: types,
      returns: VARCHAR,
      impl: {
        nulls: 'custom',
        mayReturnNull: false,
        deterministic: true,
        kernel: (out: ByteSlice, ...values: Value[]) => {
          const members: string[] = [];
          for (let i = 0; i < count; i += 2) {
            const key = values[i] ?? null;
            const value = values[i + 1] ?? null;
            if (key === null || (value === null && absent)) continue;
            members.push(`${jsonText(VARCHAR, key, zone)}:${argumentText(site, i + 1, types[i + 1]!, value, zone)}`);
          }
          out.setString(sortedJson(`{${members.join(',')}}`));
          return true;
        },
      },
    };
  },
});

export const jsonBuilders = [jsonString, jsonArray, jsonObject];
