import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { scalar, type Overload } from '../define.ts';
import { appendSlice } from './append-slice.ts';

function concatKernel(out: ByteSlice, ...parts: (ByteSlice | null)[]): boolean {
  let length = 0;
  for (const part of parts) if (part !== null) length += part.length;
  const target = out.reserve(length);
  let at = 0;
  for (const part of parts) if (part !== null) at = appendSlice(target, at, part);
  return true;
}

function concatTwo(out: ByteSlice, a: ByteSlice, b: ByteSlice): boolean {
  const target = out.reserve(a.length + b.length);
  appendSlice(target, appendSlice(target, 0, a), b);
  return true;
}

const concat = scalar({
  name: 'CONCAT',
  category: 'string',
  syntax: ['CONCAT(value, …)'],
  doc: 'The texts of the values one after the other. Blink skips NULL (all NULL: the empty text), Flink gives NULL.',
  examples: [
    { sql: `CONCAT('Hello', 'World')`, gives: 'HelloWorld' },
    { sql: `CONCAT('a', 1, TRUE)`, gives: 'a1true' },
  ],
  resolve(site) {
    if (site.types.length === 0) return undefined;
    const flink = site.context.compatibility === 'flink';
    return {
      args: site.types.map(() => VARCHAR),
      returns: VARCHAR,
      impl: {
        nulls: flink ? 'propagate' : 'custom',
        mayReturnNull: false,
        deterministic: true,
        kernel: flink && site.types.length === 2 ? concatTwo : concatKernel,
      },
    };
  },
});

const concatWs = scalar({
  name: 'CONCAT_WS',
  category: 'string',
  syntax: ['CONCAT_WS(separator, value, …)'],
  doc: 'The values that are not NULL with the separator between them. A NULL separator counts as the empty text in Blink and gives NULL in Flink.',
  examples: [
    { sql: `CONCAT_WS('-', 'a', CAST(NULL AS VARCHAR), 'b')`, gives: 'a-b' },
    { sql: `CONCAT_WS('~', 'AA')`, gives: 'AA' },
  ],
  resolve(site) {
    if (site.types.length === 0) return undefined;
    const flink = site.context.compatibility === 'flink';
    return {
      args: site.types.map(() => VARCHAR),
      returns: VARCHAR,
      impl: {
        nulls: 'custom',
        mayReturnNull: flink,
        deterministic: true,
        kernel: (out: ByteSlice, separator: ByteSlice | null, ...parts: (ByteSlice | null)[]) => {
          if (separator === null && flink) return false;
          let length = 0;
          for (const part of parts) if (part !== null) length += part.length + (separator?.length ?? 0);
          const target = out.reserve(length);
          let at = 0;
          let first = true;
          for (const part of parts) {
            if (part === null) continue;
            if (!first && separator !== null) at = appendSlice(target, at, separator);
            first = false;
            at = appendSlice(target, at, part);
          }
          out.length = at;
          return true;
        },
      },
    };
  },
});

const joinTwo: Overload = { params: ['any-text', 'any-text'], returns: VARCHAR, kernel: concatTwo };
const joinBytes: Overload = {
  params: ['binary', 'binary'],
  returns: { kind: 'varbinary', length: undefined },
  kernel: concatTwo,
};
const joinMany: Overload = { params: ['any-text'], variadic: true, returns: VARCHAR, kernel: concatKernel };

const pipes = scalar({
  name: '||',
  category: 'operator',
  syntax: ['a || b'],
  doc: 'The texts of a and b one after the other; NULL if either is NULL.',
  examples: [{ sql: `'a' || 'b'`, gives: 'ab' }],
  overloads: [joinBytes, joinTwo, joinMany],
});

export const concatenations = [concat, concatWs, pipes];
