import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { BIGINT, isBinary, isInteger, isString, VARBINARY, VARCHAR } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';

export const elt = scalar({
  name: 'ELT',
  category: 'string',
  syntax: ['ELT(index, value, …)'],
  doc: 'The value with this 1-based index; NULL outside. The values are all texts or all bytes.',
  examples: [
    { sql: `ELT(2, 'a', 'b')`, gives: 'b' },
    { sql: `ELT(3, 'a', 'b')`, gives: null },
  ],
  resolve({ types }) {
    const [index, ...values] = types;
    if (index === undefined || values.length === 0) return undefined;
    if (!isInteger(index) && index.kind !== 'null') return undefined;
    const texts = values.every((type) => isString(type) || type.kind === 'null');
    if (!texts && !values.every((type) => isBinary(type) || type.kind === 'null')) return undefined;
    const type = texts ? VARCHAR : VARBINARY;
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
