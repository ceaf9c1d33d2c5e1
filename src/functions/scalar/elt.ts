import type { ByteSlice } from '../../columnar/byte-slice.ts';
import {
  BIGINT,
  isBinary,
  isInteger,
  isString,
  VARBINARY,
  VARCHAR,
  varchar,
  type SqlType,
} from '../../types/sql-type.ts';
import { scalar } from '../define.ts';

/** Flink's least restrictive type: CHAR(n) of one length, else the longest VARCHAR. */
function commonText(types: readonly SqlType[]): SqlType {
  const [first] = types;
  let longest = 0;
  for (const type of types) {
    const length = type.kind === 'char' || type.kind === 'varchar' ? type.length : 0;
    if (length === undefined) return VARCHAR;
    longest = Math.max(longest, length);
  }
  const allChars = types.every((type) => type.kind === 'char' && type.length === longest);
  return allChars && first !== undefined ? first : longest === 0 ? VARCHAR : varchar(longest);
}

export const elt = scalar({
  name: 'ELT',
  category: 'string',
  syntax: ['ELT(index, value, …)'],
  doc: 'The value with this 1-based index; NULL outside. The values are all texts or all bytes.',
  examples: [
    { sql: `ELT(2, 'a', 'b')`, gives: 'b' },
    { sql: `ELT(3, 'a', 'b')`, gives: null },
  ],
  resolve({ types, context }) {
    const [index, ...values] = types;
    if (index === undefined || values.length === 0) return undefined;
    if (!isInteger(index) && index.kind !== 'null') return undefined;
    const texts = values.every((type) => isString(type) || type.kind === 'null');
    if (!texts && !values.every((type) => isBinary(type) || type.kind === 'null')) return undefined;
    const type = !texts ? VARBINARY : context.compatibility === 'flink' ? commonText(values) : VARCHAR;
    return {
      args: [BIGINT, ...values.map(() => type)],
      returns: type,
      impl: {
        nulls: 'custom',
        mayReturnNull: true,
        deterministic: true,
        kernel: (out: ByteSlice, at: bigint | null, ...parts: (ByteSlice | null)[]) => {
          if (at === null || at < 1n || at > BigInt(parts.length)) return false;
          const part = parts[Number(at) - 1] ?? null;
          if (part === null) return false;
          out.alias(part);
          return true;
        },
      },
    };
  },
});
