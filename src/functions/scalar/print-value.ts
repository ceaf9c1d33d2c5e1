import type { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { layoutOf } from '../../types/layout.ts';
import { VARCHAR, isString } from '../../types/sql-type.ts';
import { formatValue } from '../../values/format-value.ts';
import { scalar } from '../define.ts';
import { zoneOf } from './temporal-reader.ts';

export const printValue = scalar({
  name: 'PRINT',
  category: 'other',
  syntax: ['PRINT(prefix, x)'],
  doc: 'Returns `x` and writes `prefix` and its text to the standard error of the process, for looking into a job.',
  examples: [{ sql: "PRINT('x = ', 3)", gives: '3' }],
  resolve(site) {
    const [prefix, type] = site.types;
    if (prefix === undefined || type === undefined || site.types.length !== 2) return undefined;
    if (!isString(prefix) && prefix.kind !== 'null') return undefined;
    const zone = zoneOf(site);
    const print = (before: ByteSlice | null, value: Value): void => {
      const text = formatValue(type, value, zone, site.context.compatibility);
      process.stderr.write(`${before?.toString() ?? ''}${text ?? 'null'}\n`);
    };
    const kernel =
      layoutOf(type) === 'bytes'
        ? (out: ByteSlice, before: ByteSlice | null, value: ByteSlice | null): boolean => {
            print(before, value);
            if (value === null) return false;
            out.alias(value);
            return true;
          }
        : (before: ByteSlice | null, value: Value): Value => {
            print(before, value);
            return value;
          };
    // Never folded away: what it writes is what it is called for.
    const impl = { nulls: 'custom', mayReturnNull: true, deterministic: false, kernel } as const;
    return { args: [VARCHAR, type], returns: type, impl };
  },
});
