import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { CallSite, ScalarBinding } from '../../contracts/function.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { followJsonPath, JsonLocator, parseJsonPath, type JsonPath } from '../../values/json/json-path.ts';
import { jsonValueInto } from '../../values/json/json-text.ts';
import { numberText } from '../../values/json/tree-text.ts';
import { JsonNumber, jsonTree } from '../../values/nested/json-tree.ts';
import { bindOverload, scalar, type Kernel, type Overload } from '../define.ts';
import { isJsonScalar, jsonReader, JSON_ERROR } from './json-standard.ts';

/** A path with its scanner, kept while the path stays the same. */
interface Compiled {
  readonly path: JsonPath;
  readonly locator: JsonLocator;
}

/** A JSON path ready to be followed; null when the text is none. */
export function compileJsonPath(text: string): Compiled | null {
  const path = parseJsonPath(text);
  return path === null ? null : { path, locator: new JsonLocator(path) };
}

/** Writes what a parsed value shows; false for NULL. */
function valueInto(out: ByteSlice, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  out.setString(typeof value === 'string' ? value : JSON.stringify(value));
  return true;
}

/** A scalar as Flink shows it. */
function standardInto(out: ByteSlice, value: unknown): boolean {
  if (value === null) return false;
  out.setString(
    value instanceof JsonNumber ? numberText(value.text) : typeof value === 'string' ? value : JSON.stringify(value),
  );
  return true;
}

/** What Blink's JSON_VALUE gives; false for NULL. */
export function extractJson(out: ByteSlice, content: ByteSlice, { path, locator }: Compiled): boolean {
  const { bytes, offset, length } = content;
  if (path.simple) {
    if (!locator.find(bytes, offset, length)) return false;
    if (!locator.unsure) {
      const { start, end } = locator;
      if (start < 0) return false;
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
  return valueInto(out, followJsonPath(root, path));
}

/** Flink's form: as with clauses, all of which are NULL. Plain paths are followed in the bytes. */
function standardValueKernel(site: CallSite): Kernel {
  const read = jsonReader(site);
  const literal = site.literals[1];
  const plain = literal instanceof ByteSlice ? compileJsonPath(literal.toString()) : null;
  return (out: ByteSlice, content: ByteSlice, path: ByteSlice) => {
    if (plain?.path.simple === true) {
      const { bytes, offset, length } = content;
      const { locator } = plain;
      if (locator.find(bytes, offset, length) && !locator.unsure) {
        const { start, end } = locator;
        if (start < 0 || bytes[start] === 0x7b || bytes[start] === 0x5b) return false;
        if (bytes[start] !== 0x22 && bytes.subarray(start, end).some((byte) => (byte | 0x20) === 0x65)) {
          return standardInto(out, jsonTree(bytes, start, end - start));
        }
        return jsonValueInto(out, bytes, start, end);
      }
    }
    const { value } = read(content, path);
    return isJsonScalar(value) && standardInto(out, value);
  };
}

function jsonValueKernel(site: CallSite): Kernel {
  const literal = site.literals[1];
  const hasMode = literal instanceof ByteSlice && /^\s*(lax|strict)\s/i.test(literal.toString());
  if (site.context.compatibility === 'flink' || hasMode) return standardValueKernel(site);
  if (literal instanceof ByteSlice) {
    const constant = compileJsonPath(literal.toString());
    if (constant === null) return () => false;
    return (out: ByteSlice, content: ByteSlice) => extractJson(out, content, constant);
  }
  let lastText: string | undefined;
  let last: Compiled | null = null;
  return (out: ByteSlice, content: ByteSlice, path: ByteSlice) => {
    const text = path.toString();
    if (text !== lastText) {
      last = compileJsonPath(text);
      lastText = text;
    }
    return last === null ? false : extractJson(out, content, last);
  };
}

/** What a clause of Flink's form asks for: a value of `DEFAULT … ON …`, NULL, or a failure. */
type Fallback = 'null' | 'error' | number;

interface Clauses {
  /** Where the value of DEFAULT stands among the arguments, counted from the first clause. */
  readonly onEmpty: Fallback;
  readonly onError: Fallback;
}

/** The clauses come as text constants, a DEFAULT with its value behind it; undefined: they are none. */
function parseClauses(site: CallSite): Clauses | undefined {
  let onEmpty: Fallback = 'null';
  let onError: Fallback = 'null';
  const rest = site.literals.slice(2);
  for (let i = 0; i < rest.length; i++) {
    const one = rest[i];
    const match = one instanceof ByteSlice ? /^(NULL|ERROR|DEFAULT) ON (EMPTY|ERROR)$/.exec(one.toString()) : null;
    if (match === null) return undefined;
    const fallback: Fallback = match[1] === 'DEFAULT' ? ++i : match[1] === 'ERROR' ? 'error' : 'null';
    if (match[2] === 'EMPTY') onEmpty = fallback;
    else onError = fallback;
  }
  return { onEmpty, onError };
}

function resolveWithClauses(site: CallSite): ScalarBinding | undefined {
  const clauses = parseClauses(site);
  if (clauses === undefined) return undefined;
  const read = jsonReader(site);
  const isBoolean = site.types.slice(2).map((type) => type.kind === 'boolean');
  const kernel = (
    out: ByteSlice,
    content: ByteSlice | null,
    path: ByteSlice | null,
    ...values: (ByteSlice | null)[]
  ): boolean => {
    if (content === null || path === null) return false;
    const found = read(content, path);
    const isScalar = isJsonScalar(found.value);
    if (found.kind !== JSON_ERROR && found.value !== null && isScalar) return standardInto(out, found.value);
    const isError = found.kind === JSON_ERROR || (found.kind === 'strict' && !isScalar);
    const fallback = isError ? clauses.onError : clauses.onEmpty;
    if (fallback === 'error') {
      throw new SluiceError(
        'VALUE_INVALID',
        `JSON_VALUE found ${isError ? 'no valid JSON, path or value' : 'nothing'}`,
      );
    }
    const value = fallback === 'null' ? null : (values[fallback] ?? null);
    if (value === null) return false;
    // A default TRUE or FALSE is Java's text under either setting.
    if (typeof fallback === 'number' && isBoolean[fallback] === true) out.setString(value.toString().toLowerCase());
    else out.alias(value);
    return true;
  };
  const impl = { nulls: 'custom', mayReturnNull: true, deterministic: true, kernel } as const;
  return { args: site.types.map(() => VARCHAR), returns: VARCHAR, impl };
}

const plainForm: Overload = { params: ['text', 'text'], returns: VARCHAR, mayReturnNull: true, make: jsonValueKernel };

export const jsonValue = scalar({
  name: 'JSON_VALUE',
  category: 'json',
  syntax: [
    'JSON_VALUE(content, path)',
    'JSON_VALUE(content, path [NULL | ERROR | DEFAULT value ON EMPTY] [… ON ERROR])',
  ],
  doc: 'What a path (`$`, `.name`, `[0]`, `[*]`) leads to: a string bare, numbers and booleans as text, objects and arrays as JSON text (NULL in Flink). NULL for invalid JSON or path, a missing member and JSON null. With clauses it is that of the SQL standard (JSON_QUERY describes its paths): no mode is strict mode, where a place that is not there is an error.',
  examples: [
    { sql: `JSON_VALUE('{"a": {"b": [1, 2]}}', '$.a.b[1]')`, gives: '2' },
    { sql: `JSON_VALUE('[10,20,[30,40]]', '$[2][*]')`, gives: '[30,40]' },
    { sql: `JSON_VALUE('{"a": "x"}', '$.b')`, gives: null },
    { sql: `JSON_VALUE('{"a": "x"}', 'lax $.b' DEFAULT '-' ON EMPTY)`, gives: '-' },
    { sql: `JSON_VALUE('{"a": "x"}', 'strict $.b' DEFAULT '-' ON ERROR)`, gives: '-' },
  ],
  resolve: (site) => (site.types.length > 2 ? resolveWithClauses(site) : bindOverload(plainForm, site)),
});
