import { ByteSlice } from '../../columnar/byte-slice.ts';
import { ArrayWriter } from '../../columnar/nested/array-codec.ts';
import type { CallSite, ScalarFunction } from '../../contracts/function.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import { BOOLEAN, isString, VARCHAR } from '../../types/sql-type.ts';
import { treeText } from '../../values/json/tree-text.ts';
import { skipBlanks } from '../../values/json/json-scanner.ts';
import { isFirstJson } from '../../values/nested/json-tree.ts';
import { scalar, type Kernel } from '../define.ts';
import { isJsonScalar, jsonReader, JSON_ERROR, type JsonReader } from './json-standard.ts';
import { TEXT_ARRAY } from './nested-arguments.ts';

// slow: Flink's query functions work on parsed values; the hot path is JSON_VALUE.

interface QueryClauses {
  wrapper: 'without' | 'always' | 'conditional';
  onEmpty: string;
  onError: string;
}

/** The clauses behind the path come as text constants (`WITH WRAPPER`, `EMPTY ARRAY ON ERROR`); undefined: unknown ones. */
function queryClauses(site: CallSite): QueryClauses | undefined {
  const clauses: QueryClauses = { wrapper: 'without', onEmpty: 'NULL', onError: 'NULL' };
  const returning = returningAt(site);
  for (const [i, literal] of site.literals.entries()) {
    if (i < 2 || i === returning || i === returning + 1) continue;
    if (!(literal instanceof ByteSlice)) return undefined;
    const words = literal
      .toString()
      .toUpperCase()
      .replace(/\s+ARRAY WRAPPER$/, ' WRAPPER');
    const handling = /^(NULL|ERROR|EMPTY ARRAY|EMPTY OBJECT) ON (EMPTY|ERROR)$/.exec(words);
    if (handling?.[1] !== undefined) {
      if (handling[2] === 'EMPTY') clauses.onEmpty = handling[1];
      else clauses.onError = handling[1];
    } else if (words === 'WITHOUT WRAPPER') clauses.wrapper = 'without';
    else if (words === 'WITH WRAPPER' || words === 'WITH UNCONDITIONAL WRAPPER') clauses.wrapper = 'always';
    else if (words === 'WITH CONDITIONAL WRAPPER') clauses.wrapper = 'conditional';
    else return undefined;
  }
  return clauses;
}

/** The place of RETURNING, whose type stands behind it as that of a NULL; −2 for none. */
function returningAt(site: CallSite): number {
  const at = site.literals.findIndex(
    (literal, i) => i >= 2 && literal instanceof ByteSlice && literal.toString() === 'RETURNING',
  );
  return at < 0 ? -2 : at;
}

function failure(what: string): SluiceError {
  return new SluiceError('VALUE_INVALID', `JSON_QUERY found ${what}`);
}

/** What a query finds, wrapped as asked for; the word of a clause (`NULL`, `EMPTY ARRAY`, …) where it takes over. */
type Answer = { readonly value: unknown } | { readonly clause: string; readonly what: string };

function answer(read: JsonReader, clauses: QueryClauses, content: ByteSlice, path: ByteSlice): Answer {
  const { wrapper, onEmpty, onError } = clauses;
  const found = read(content, path);
  if (found.kind === JSON_ERROR) return { clause: onError, what: 'no valid JSON or path, or nothing there' };
  if (found.value === null) return { clause: onEmpty, what: 'nothing' };
  const wraps = wrapper === 'always' || (wrapper === 'conditional' && !Array.isArray(found.value));
  const value = wraps ? [found.value] : found.value;
  if (!isJsonScalar(value)) return { value };
  return { clause: found.kind === 'lax' ? onEmpty : onError, what: 'a scalar' };
}

function jsonQueryKernel(site: CallSite, clauses: QueryClauses): Kernel {
  const read = jsonReader(site);
  return (out: ByteSlice, content: ByteSlice | null, path: ByteSlice | null) => {
    if (content === null || path === null) return false;
    const result = answer(read, clauses, content, path);
    if ('value' in result) out.setString(treeText(result.value));
    else if (result.clause === 'ERROR') throw failure(result.what);
    else if (result.clause === 'NULL') return false;
    else out.setString(result.clause === 'EMPTY ARRAY' ? '[]' : '{}');
    return true;
  };
}

/** RETURNING ARRAY<VARCHAR>: the items of the array found, objects and arrays among them as JSON text. */
function jsonArrayKernel(site: CallSite, clauses: QueryClauses): Kernel {
  const read = jsonReader(site);
  const writer = new ArrayWriter(VARCHAR);
  return (out: ByteSlice, content: ByteSlice | null, path: ByteSlice | null) => {
    if (content === null || path === null) return false;
    let result = answer(read, clauses, content, path);
    if ('value' in result && !Array.isArray(result.value)) result = { clause: clauses.onError, what: 'no array' };
    if ('clause' in result && result.clause === 'ERROR') throw failure(result.what);
    if ('clause' in result && result.clause === 'NULL') return false;
    const items = 'value' in result ? (result.value as readonly unknown[]) : [];
    const texts = items.map((item) => (item === null ? null : typeof item === 'string' ? item : treeText(item)));
    writer.write(
      out,
      texts.map((text) => (text === null ? null : ByteSlice.ofString(text))),
    );
    return true;
  };
}

const jsonQuery = scalar({
  name: 'JSON_QUERY',
  category: 'json',
  syntax: [
    'JSON_QUERY(content, path [RETURNING VARCHAR | ARRAY<VARCHAR>] [WITH | WITHOUT [CONDITIONAL] WRAPPER] [… ON EMPTY] [… ON ERROR])',
  ],
  doc: "The object or array a path leads to, as JSON text with sorted names; scalars only with a wrapper. NULL where there is none, unless a clause says otherwise. A path may start with `lax` or `strict` (so it is without either): in strict mode a place that is not there is an error, in lax mode it is empty. Paths know `.name`, `['name']`, `[n]`, `[-n]`, `[a, b]`, `[a:b]`, `*`, `..` and filters `[?(@.a > 1)]`.",
  examples: [
    { sql: `JSON_QUERY('{"a": [1, 2]}', '$.a')`, gives: '[1,2]' },
    { sql: `JSON_QUERY('{"a": 1}', '$.a' WITH WRAPPER)`, gives: '[1]' },
    { sql: `JSON_QUERY('{}', '$' WITH CONDITIONAL WRAPPER)`, gives: '[{}]' },
    { sql: `JSON_QUERY('{}', 'lax $.a' EMPTY OBJECT ON EMPTY)`, gives: '{}' },
    { sql: `JSON_QUERY('{}', 'strict $.a' EMPTY ARRAY ON ERROR)`, gives: '[]' },
    { sql: `JSON_QUERY('{"a": [{"p": 5}, {"p": 20}]}', '$.a[?(@.p > 10)].p')`, gives: '[20]' },
    { sql: `JSON_QUERY('{"a": ["x", {"b": 1}]}', '$.a' RETURNING ARRAY<VARCHAR>)`, gives: '[x, {"b":1}]' },
  ],
  resolve(site) {
    const clauses = queryClauses(site);
    if (clauses === undefined || site.types.length < 2) return undefined;
    const returns = site.types[returningAt(site) + 1];
    const impl = { nulls: 'custom', mayReturnNull: true, deterministic: true } as const;
    if (returns !== undefined && !isString(returns)) {
      const isArray = returns.kind === 'array' && isString(returns.element);
      if (!isArray || clauses.onEmpty === 'EMPTY OBJECT' || clauses.onError === 'EMPTY OBJECT') return undefined;
      const args = site.types.map((type) => (type === returns ? type : VARCHAR));
      return { args, returns: TEXT_ARRAY, impl: { ...impl, kernel: jsonArrayKernel(site, clauses) } };
    }
    return {
      args: site.types.map(() => VARCHAR),
      returns: VARCHAR,
      impl: { ...impl, kernel: jsonQueryKernel(site, clauses) },
    };
  },
});

const jsonExists = scalar({
  name: 'JSON_EXISTS',
  category: 'json',
  syntax: ['JSON_EXISTS(content, path [TRUE | FALSE | UNKNOWN | ERROR ON ERROR])'],
  doc: 'Whether a path leads to something other than null. A clause says what an error gives (FALSE without one): invalid JSON, an invalid path, in strict mode a place that is not there.',
  examples: [
    { sql: `JSON_EXISTS('{"a": [1]}', '$.a[0]')`, gives: 'true' },
    { sql: `JSON_EXISTS('{"a": 1}', 'strict $.b' TRUE ON ERROR)`, gives: 'true' },
    { sql: `JSON_EXISTS('{"a": 1}', 'lax $.b' TRUE ON ERROR)`, gives: 'false' },
  ],
  resolve(site) {
    const { types, literals } = site;
    const clause = literals[2];
    const onError = clause instanceof ByteSlice ? clause.toString().toUpperCase() : 'FALSE ON ERROR';
    const known = ['TRUE ON ERROR', 'FALSE ON ERROR', 'UNKNOWN ON ERROR', 'ERROR ON ERROR'].includes(onError);
    if (types.length < 2 || types.length > 3 || !known) return undefined;
    const read = jsonReader(site);
    return {
      args: types.map(() => VARCHAR),
      returns: BOOLEAN,
      impl: {
        nulls: 'propagate',
        mayReturnNull: true,
        deterministic: true,
        kernel: (content: ByteSlice, path: ByteSlice) => {
          const found = read(content, path);
          if (found.kind !== JSON_ERROR) return found.value !== null;
          if (onError.startsWith('ERROR'))
            throw new SluiceError('VALUE_INVALID', 'JSON_EXISTS got no valid JSON or path');
          return onError.startsWith('UNKNOWN') ? null : onError.startsWith('TRUE');
        },
      },
    };
  },
});

/** `x IS JSON …`: never fails, FALSE for NULL as in Flink; what stands behind the value does not count. */
function jsonTest(kind: string, opens: (first: number) => boolean): ScalarFunction {
  const name = kind === '' ? 'IS JSON' : `IS JSON ${kind}`;
  return scalar({
    name,
    category: 'json',
    syntax: [`text IS [NOT] JSON${kind === '' ? ' [VALUE]' : ` ${kind}`}`],
    doc: `Whether the text is valid JSON${kind === '' ? '' : `, and its value a JSON ${kind.toLowerCase()}`}.`,
    examples: [{ sql: `'x' ${name}`, gives: 'false' }],
    overloads: [
      {
        params: ['text'],
        returns: BOOLEAN,
        nulls: 'custom',
        kernel: (text: ByteSlice | null) => {
          if (text === null) return false;
          const { bytes, offset, length } = text;
          const at = skipBlanks(bytes, offset, offset + length);
          return at < offset + length && opens(bytes[at]!) && isFirstJson(bytes, offset, length);
        },
      },
    ],
  });
}

const isObject = (byte: number): boolean => byte === 0x7b;
const isArray = (byte: number): boolean => byte === 0x5b;

export const jsonQueries = [
  jsonQuery,
  jsonExists,
  jsonTest('', () => true),
  jsonTest('OBJECT', isObject),
  jsonTest('ARRAY', isArray),
  jsonTest('SCALAR', (byte) => !isObject(byte) && !isArray(byte)),
];
