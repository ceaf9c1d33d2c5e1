import { describe, expect, it } from 'vitest';
import { GrowingBytes } from '../../../src/columnar/growing-bytes.ts';
import { ByteSlice } from '../../../src/columnar/byte-slice.ts';
import * as types from '../../../src/types/sql-type.ts';
import type { SqlType } from '../../../src/types/sql-type.ts';
import { JsonDecoder } from '../../../src/values/nested/json-decoder.ts';
import { jsonTree } from '../../../src/values/nested/json-tree.ts';
import { jsonText } from '../../../src/values/nested/nested-json.ts';
import { valueReader } from '../../../src/values/nested/nested-reader.ts';
import { timeZone } from '../../../src/values/zone.ts';

const utc = timeZone('UTC');
const ints = types.arrayOf(types.INT);
const texts = types.arrayOf(types.VARCHAR);
const counts = types.mapOf(types.VARCHAR, types.INT);
const byNumber = types.mapOf(types.INT, types.VARCHAR);
const bag: SqlType = { kind: 'multiset', element: types.VARCHAR };
const row = types.rowOf([
  { name: 'a', type: types.BIGINT },
  { name: 'B', type: types.VARCHAR },
  { name: 'in', type: types.rowOf([{ name: 'l', type: ints }]) },
]);

/** What JSON text becomes, as JSON text again; `misfit` or `null` where there is no value. */
function decoded(type: SqlType, json: string): string {
  const text = ByteSlice.ofString(json);
  const out = new GrowingBytes(1);
  const outcome = new JsonDecoder(type, utc).decode(out, text.bytes, text.offset, text.length);
  if (outcome !== 'value') {
    expect(out.length).toBe(0);
    return outcome;
  }
  const slice = new ByteSlice();
  slice.view(out.bytes, 0, out.length);
  return jsonText(type, slice, utc, 'blink');
}

/** The same by way of JavaScript values. */
function slowly(type: SqlType, json: string): string {
  const text = ByteSlice.ofString(json);
  const tree = jsonTree(text.bytes, text.offset, text.length);
  const value = tree === undefined ? undefined : valueReader(type, utc)(tree);
  if (value === undefined) return 'misfit';
  return value === null ? 'null' : jsonText(type, value, utc, 'blink');
}

const samples: readonly (readonly [SqlType, string, string])[] = [
  [ints, ' [ 1 , null , -3 ] ', '[1,null,-3]'],
  [ints, '[]', '[]'],
  [ints, '["7", " 8 "]', '[7,8]'],
  [ints, '[1.9]', '[1]'],
  [ints, '[99999999999]', 'misfit'],
  [ints, '[true]', 'misfit'],
  [ints, '[[1]]', 'misfit'],
  [ints, '{"a": 1}', 'misfit'],
  [ints, '1', 'misfit'],
  [ints, 'null', 'null'],
  [ints, '[1', 'misfit'],
  [ints, '[1,]', 'misfit'],
  [ints, '', 'misfit'],
  [texts, String.raw`["a\"b", "\u4e2d\ud83d\ude00", ""]`, String.raw`["a\"b","中😀",""]`],
  [texts, '[1.50, true, {"a": [1, 2]}, [ ]]', String.raw`["1.50","true","{\"a\":[1,2]}","[]"]`],
  [types.arrayOf(types.BOOLEAN), '[true, "false", null]', '[true,false,null]'],
  [types.arrayOf(types.DATE), '["2024-02-29", "x"]', 'misfit'],
  [types.arrayOf(types.decimal(30, 2)), '[12345678901234567890.129]', '[12345678901234567890.13]'],
  [row, '{"a": 9007199254740993, "B": "x", "in": {"l": [1]}}', '{"a":9007199254740993,"B":"x","in":{"l":[1]}}'],
  [row, '{"in": {"L": [2]}, "b": "other case", "more": [{}]}', '{"a":null,"B":"other case","in":{"l":[2]}}'],
  [row, '{"b": "other case", "B": "exact"}', '{"a":null,"B":"exact","in":null}'],
  [row, '{"B": "exact", "b": "other case"}', '{"a":null,"B":"exact","in":null}'],
  [row, '{"a": 1, "a": 2}', '{"a":2,"B":null,"in":null}'],
  [row, String.raw`{"\u0061": 1}`, '{"a":1,"B":null,"in":null}'],
  [row, '[1, "x", [[3]]]', '{"a":1,"B":"x","in":{"l":[3]}}'],
  [row, '[1, "x"]', 'misfit'],
  [row, '{}', '{"a":null,"B":null,"in":null}'],
  [row, '{"in": {"l": ["x"]}}', 'misfit'],
  [counts, '{"a": 1, "": null, "null": 2, "a": 3}', '{"a":3,"":null,"null":2}'],
  [counts, String.raw`{"a\nb": 1, "\u0061": 2, "a": 3}`, String.raw`{"a\nb":1,"a":3}`],
  [counts, '[["x", 1], ["y", null]]', '{"x":1,"y":null}'],
  [counts, '[["x"]]', 'misfit'],
  [counts, '{"a": "one"}', 'misfit'],
  [byNumber, '{"1": "x", "01": "y"}', '{"1":"y"}'],
  [byNumber, '{"x": "x"}', 'misfit'],
  [bag, '["a", "b", "a", null]', '{"a":2,"b":1,"null":1}'],
  [bag, '{"a": 2}', '{"a":2}'],
  [types.arrayOf(types.VARBINARY), '["0x4142", "C"]', '["QUI=","Qw=="]'],
];

describe('JSON text of nested types', () => {
  it.each(samples)('of %o: %s', (type, json, expected) => {
    expect(decoded(type, json)).toBe(expected);
    expect(slowly(type, json)).toBe(expected);
  });

  it('leaves nothing of a value that is given up for the ones behind it', () => {
    const out = new GrowingBytes(64);
    const decoder = new JsonDecoder(types.arrayOf(ints), utc);
    const decode = (json: string): string => {
      const { bytes, length } = ByteSlice.ofString(json);
      return decoder.decode(out, bytes, 0, length);
    };
    expect(decode('[[1, 2, 3], ["x"]]')).toBe('misfit');
    const from = out.length;
    expect(decode('[[null, null], null, [4]]')).toBe('value');
    const slice = new ByteSlice();
    slice.view(out.bytes, from, out.length - from);
    expect(jsonText(types.arrayOf(ints), slice, utc, 'blink')).toBe('[[null,null],null,[4]]');
  });
});
