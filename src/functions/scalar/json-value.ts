import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { CallSite } from '../../contracts/function.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { followJsonPath, JsonLocator, parseJsonPath, type JsonPath } from '../../values/json/json-path.ts';
import { jsonValueInto } from '../../values/json/json-text.ts';
import { scalar, type Kernel } from '../define.ts';

/** A path with its scanner, kept while the path stays the same. */
interface Compiled {
  readonly path: JsonPath;
  readonly locator: JsonLocator;
}

function compile(text: string): Compiled | null {
  const path = parseJsonPath(text);
  return path === null ? null : { path, locator: new JsonLocator(path) };
}

/** Writes what a parsed value shows; false for NULL. */
function valueInto(out: ByteSlice, value: unknown, scalarsOnly: boolean): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'object' && scalarsOnly) return false;
  out.setString(typeof value === 'string' ? value : JSON.stringify(value));
  return true;
}

function extract(out: ByteSlice, content: ByteSlice, { path, locator }: Compiled, scalarsOnly: boolean): boolean {
  const { bytes, offset, length } = content;
  if (path.simple) {
    if (!locator.find(bytes, offset, length)) return false;
    if (!locator.unsure) {
      const { start, end } = locator;
      if (start < 0 || (scalarsOnly && (bytes[start] === 0x7b || bytes[start] === 0x5b))) return false;
      return jsonValueInto(out, bytes, start, end);
    }
  }
  // slow: wildcards, arrays where a member is asked for, names with escapes.
  let root: unknown;
  try {
    root = JSON.parse(content.toString());
  } catch {
    return false;
  }
  return valueInto(out, followJsonPath(root, path), scalarsOnly);
}

function jsonValueKernel(site: CallSite): Kernel {
  const scalarsOnly = site.context.compatibility === 'flink';
  const literal = site.literals[1];
  if (literal instanceof ByteSlice) {
    const constant = compile(literal.toString());
    if (constant === null) return () => false;
    return (out: ByteSlice, content: ByteSlice) => extract(out, content, constant, scalarsOnly);
  }
  let lastText: string | undefined;
  let last: Compiled | null = null;
  return (out: ByteSlice, content: ByteSlice, path: ByteSlice) => {
    const text = path.toString();
    if (text !== lastText) {
      last = compile(text);
      lastText = text;
    }
    return last === null ? false : extract(out, content, last, scalarsOnly);
  };
}

export const jsonValue = scalar({
  name: 'JSON_VALUE',
  category: 'json',
  syntax: ['JSON_VALUE(content, path)'],
  doc: 'What a path (`$`, `.name`, `[0]`, `[*]`) leads to: a string bare, numbers and booleans as text, objects and arrays as JSON text (NULL in Flink). NULL for invalid JSON or path, a missing member and JSON null.',
  examples: [
    { sql: `JSON_VALUE('{"a": {"b": [1, 2]}}', '$.a.b[1]')`, gives: '2' },
    { sql: `JSON_VALUE('[10,20,[30,40]]', '$[2][*]')`, gives: '[30,40]' },
    { sql: `JSON_VALUE('{"a": "x"}', '$.b')`, gives: null },
  ],
  overloads: [{ params: ['text', 'text'], returns: VARCHAR, mayReturnNull: true, make: jsonValueKernel }],
});
