import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { CallSite } from '../../contracts/function.ts';
import { followStandardPath } from '../../values/json/follow-standard-path.ts';
import type { StandardPath } from '../../values/json/path-steps.ts';
import { parseStandardPath } from '../../values/json/standard-path.ts';
import { firstJsonTree, JsonNumber } from '../../values/nested/json-tree.ts';

/** The kind of a result that is an error: invalid JSON, an invalid path, in strict mode a place that is not there. */
export const JSON_ERROR = 'error';

/** What a path finds in a content; a value of null: nothing, or a JSON null. */
export interface JsonFinding {
  readonly kind: 'lax' | 'strict' | typeof JSON_ERROR;
  readonly value: unknown;
}

export type JsonReader = (content: ByteSlice, path: ByteSlice) => JsonFinding;

const error: JsonFinding = { kind: JSON_ERROR, value: null };

/** Reads as the SQL-standard functions of Flink do; a path stays parsed while it is the same. */
export function jsonReader(site: CallSite): JsonReader {
  const literal = site.literals[1];
  const constant = literal instanceof ByteSlice ? literal.toString() : undefined;
  let lastText = constant;
  let last: StandardPath | null = constant === undefined ? null : parseStandardPath(constant);
  return (content, path) => {
    const text = constant ?? path.toString();
    if (text !== lastText) {
      last = parseStandardPath(text);
      lastText = text;
    }
    if (last === null) return error;
    const root = firstJsonTree(content.bytes, content.offset, content.length);
    if (root === undefined) return last.lax ? { kind: 'lax', value: null } : error;
    // A whole document `null` is refused in Flink's both modes.
    if (root === null) return error;
    const { failed, value } = followStandardPath(root, last);
    // What a strict path finds must be something.
    if (value === null && !last.lax) return error;
    return failed ? error : { kind: last.lax ? 'lax' : 'strict', value };
  };
}

export function isJsonScalar(value: unknown): boolean {
  return value instanceof JsonNumber || !(Array.isArray(value) || value instanceof Map);
}
