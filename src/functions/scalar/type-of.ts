import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARCHAR, typeName, type SqlType } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';

/** Flink's names of texts and bytes of any length, and what it adds for constants. */
function flinkName(type: SqlType, present: boolean): string {
  const name = typeName(type)
    .replace(/\bVARCHAR\b(?!\()/g, 'STRING')
    .replace(/\bVARBINARY\b(?!\()/g, 'BYTES')
    .replace(/\bINTERVAL (YEAR|MONTH)\b.*/, 'INTERVAL MONTH')
    .replace(/\bINTERVAL (DAY|HOUR|MINUTE|SECOND)\b.*/, 'INTERVAL SECOND(3)');
  return present ? `${name} NOT NULL` : name;
}

export const typeOf = scalar({
  name: 'TYPEOF',
  category: 'conversion',
  syntax: ['TYPEOF(x)'],
  doc: 'The name of the type of `x` (`sql.compatibility` flink: with NOT NULL for constants).',
  examples: [{ sql: 'TYPEOF(1.5)', gives: 'DECIMAL(2, 1)' }],
  resolve(site) {
    const [type, force] = site.types;
    if (type === undefined || site.types.length > 2 || (force !== undefined && force.kind !== 'boolean'))
      return undefined;
    const present = site.literals[0] !== undefined && site.literals[0] !== null;
    const name = site.context.compatibility === 'flink' ? flinkName(type, present) : typeName(type);
    return {
      args: site.types,
      returns: VARCHAR,
      impl: {
        nulls: 'custom',
        mayReturnNull: false,
        deterministic: true,
        kernel: (out: ByteSlice) => {
          out.setString(name);
        },
      },
    };
  },
});

/** Flink's session starts in this database. */
export const currentDatabase = scalar({
  name: 'CURRENT_DATABASE',
  category: 'other',
  syntax: ['CURRENT_DATABASE()'],
  doc: 'The name of the current database, which is always `default_database`.',
  examples: [{ sql: 'CURRENT_DATABASE()', gives: 'default_database' }],
  overloads: [
    {
      params: [],
      returns: VARCHAR,
      kernel: (out: ByteSlice) => {
        out.setString('default_database');
        return true;
      },
    },
  ],
});
