import { ByteSlice } from '../../columnar/byte-slice.ts';
import { ArrayWriter } from '../../columnar/nested/array-codec.ts';
import type { CallSite, ScalarFunction } from '../../contracts/function.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import { BOOLEAN, isString, VARCHAR } from '../../types/sql-type.ts';
import { followJsonPath, parseJsonPath, type JsonPath } from '../../values/json/json-path.ts';
import { isJson, skipBlanks } from '../../values/json/json-scanner.ts';
import { scalar, type Kernel } from '../define.ts';
import { TEXT_ARRAY } from './nested-arguments.ts';

// slow: Flink's query functions work on parsed values; the hot path is JSON_VALUE.

const INVALID = Symbol('invalid');

function parse(content: ByteSlice): unknown {
  try {
    return JSON.parse(content.toString());
  } catch {
    return INVALID;
  }
}

function constantPath(site: CallSite): JsonPath | null {
  const literal = site.literals[1];
  return literal instanceof ByteSlice ? parseJsonPath(literal.toString()) : null;
}

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

function fallback(out: ByteSlice, behaviour: string, what: string): boolean {
  if (behaviour === 'NULL') return false;
  if (behaviour === 'ERROR') throw new SluiceError('VALUE_INVALID', `JSON_QUERY found ${what}`);
  out.setString(behaviour === 'EMPTY ARRAY' ? '[]' : '{}');
  return true;
}

function jsonQueryKernel(path: JsonPath | null, clauses: QueryClauses): Kernel {
  const { wrapper, onEmpty, onError } = clauses;
  return (out: ByteSlice, content: ByteSlice) => {
    const root = parse(content);
    if (root === INVALID || path === null) return fallback(out, onError, 'no valid JSON or path');
    const found = followJsonPath(root, path);
    if (found === undefined || (found === null && wrapper === 'without')) return fallback(out, onEmpty, 'nothing');
    const isComposite = typeof found === 'object' && found !== null;
    if (!isComposite && wrapper === 'without') return fallback(out, onError, 'a scalar');
    const wrapped = wrapper === 'always' || (wrapper === 'conditional' && !isComposite);
    out.setString(JSON.stringify(wrapped ? [found] : found));
    return true;
  };
}

/** NULL for NULL content or path; the type of RETURNING is a NULL as well. */
function nullSafe(kernel: Kernel): Kernel {
  const query = kernel as unknown as (out: ByteSlice, content: ByteSlice) => boolean;
  return (out: ByteSlice, content: ByteSlice | null, path: ByteSlice | null) =>
    content !== null && path !== null && query(out, content);
}

/** RETURNING ARRAY<VARCHAR>: the items of the array found, objects and arrays among them as JSON text. */
function jsonArrayKernel(path: JsonPath | null, clauses: QueryClauses): Kernel {
  const text = new ByteSlice();
  const asText = jsonQueryKernel(path, clauses) as unknown as (out: ByteSlice, content: ByteSlice) => boolean;
  const writer = new ArrayWriter(VARCHAR);
  return (out: ByteSlice, content: ByteSlice | null, given: ByteSlice | null) => {
    if (content === null || given === null || !asText(text, content)) return false;
    const found: unknown = JSON.parse(text.toString());
    if (!Array.isArray(found)) {
      if (clauses.onError === 'ERROR') throw new SluiceError('VALUE_INVALID', 'JSON_QUERY found no array');
      if (clauses.onError !== 'EMPTY ARRAY') return false;
    }
    const items: readonly unknown[] = Array.isArray(found) ? found : [];
    writer.write(
      out,
      items.map((item) => {
        if (item === null) return null;
        return ByteSlice.ofString(typeof item === 'string' ? item : JSON.stringify(item));
      }),
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
  doc: 'The object or array a path leads to, as JSON text; scalars only with a wrapper. NULL where there is none, unless a clause says otherwise.',
  examples: [
    { sql: `JSON_QUERY('{"a": [1, 2]}', '$.a')`, gives: '[1,2]' },
    { sql: `JSON_QUERY('{"a": 1}', '$.a' WITH WRAPPER)`, gives: '[1]' },
    { sql: `JSON_QUERY('{"a": ["x", {"b": 1}]}', '$.a' RETURNING ARRAY<VARCHAR>)`, gives: '[x, {"b":1}]' },
  ],
  resolve(site) {
    const clauses = queryClauses(site);
    if (clauses === undefined || site.types.length < 2) return undefined;
    const returns = site.types[returningAt(site) + 1];
    if (returns !== undefined && !isString(returns)) {
      if (returns.kind !== 'array' || !isString(returns.element)) return undefined;
      const impl = { nulls: 'custom', mayReturnNull: true, deterministic: true } as const;
      const kernel = jsonArrayKernel(constantPath(site), clauses);
      return {
        args: site.types.map((type) => (type === returns ? type : VARCHAR)),
        returns: TEXT_ARRAY,
        impl: { ...impl, kernel },
      };
    }
    return {
      args: site.types.map(() => VARCHAR),
      returns: VARCHAR,
      impl: {
        nulls: 'custom',
        mayReturnNull: true,
        deterministic: true,
        kernel: nullSafe(jsonQueryKernel(constantPath(site), clauses)),
      },
    };
  },
});

const jsonExists = scalar({
  name: 'JSON_EXISTS',
  category: 'json',
  syntax: ['JSON_EXISTS(content, path [TRUE | FALSE | UNKNOWN | ERROR ON ERROR])'],
  doc: 'Whether a path leads to something; FALSE for invalid JSON unless a clause says otherwise.',
  examples: [{ sql: `JSON_EXISTS('{"a": [1]}', '$.a[0]')`, gives: 'true' }],
  resolve(site) {
    const { types, literals } = site;
    const clause = literals[2];
    const onError = clause instanceof ByteSlice ? clause.toString().toUpperCase() : 'FALSE ON ERROR';
    const known = ['TRUE ON ERROR', 'FALSE ON ERROR', 'UNKNOWN ON ERROR', 'ERROR ON ERROR'].includes(onError);
    if (types.length < 2 || types.length > 3 || !known) return undefined;
    const path = constantPath(site);
    return {
      args: types.map(() => VARCHAR),
      returns: BOOLEAN,
      impl: {
        nulls: 'propagate',
        mayReturnNull: true,
        deterministic: true,
        kernel: (content: ByteSlice) => {
          const root = parse(content);
          if (root !== INVALID && path !== null) return followJsonPath(root, path) !== undefined;
          if (onError.startsWith('ERROR')) throw new SluiceError('VALUE_INVALID', 'JSON_EXISTS got no valid JSON');
          return onError.startsWith('UNKNOWN') ? null : onError.startsWith('TRUE');
        },
      },
    };
  },
});

/** `x IS JSON …`: never fails, NULL for NULL. */
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
        kernel: (text: ByteSlice) => {
          const { bytes, offset, length } = text;
          const at = skipBlanks(bytes, offset, offset + length);
          return at < offset + length && opens(bytes[at]!) && isJson(bytes, offset, length);
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
