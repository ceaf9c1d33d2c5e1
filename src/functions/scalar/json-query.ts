import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { CallSite, ScalarFunction } from '../../contracts/function.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import { BOOLEAN, VARCHAR } from '../../types/sql-type.ts';
import { followJsonPath, parseJsonPath, type JsonPath } from '../../values/json/json-path.ts';
import { isJson, skipBlanks } from '../../values/json/json-scanner.ts';
import { scalar, type Kernel } from '../define.ts';

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
  for (const literal of site.literals.slice(2)) {
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

const jsonQuery = scalar({
  name: 'JSON_QUERY',
  category: 'json',
  syntax: ['JSON_QUERY(content, path [WITH | WITHOUT [CONDITIONAL] WRAPPER] [… ON EMPTY] [… ON ERROR])'],
  doc: 'The object or array a path leads to, as JSON text; scalars only with a wrapper. NULL where there is none, unless a clause says otherwise.',
  examples: [
    { sql: `JSON_QUERY('{"a": [1, 2]}', '$.a')`, gives: '[1,2]' },
    { sql: `JSON_QUERY('{"a": 1}', '$.a' WITH WRAPPER)`, gives: '[1]' },
  ],
  resolve(site) {
    const clauses = queryClauses(site);
    if (clauses === undefined || site.types.length < 2) return undefined;
    return {
      args: site.types.map(() => VARCHAR),
      returns: VARCHAR,
      impl: {
        nulls: 'propagate',
        mayReturnNull: true,
        deterministic: true,
        kernel: jsonQueryKernel(constantPath(site), clauses),
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
