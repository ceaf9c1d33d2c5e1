import { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARCHAR, intervalType } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { monthsBetween } from './month-arithmetic.ts';
import { temporalReader, zoneOf } from './temporal-reader.ts';

/** What `(t1 - t2) DAY` stands for: the grammar calls it with the unit as third argument. */
export const minusDate = scalar({
  name: 'MINUS_DATE',
  category: 'operator',
  syntax: ['(t1 - t2) unit'],
  doc: 'The length from `t2` to `t1` as an interval: of whole months for YEAR and MONTH, else of milliseconds.',
  examples: [
    { sql: "(DATE '2018-03-20' - DATE '2018-03-01') DAY", gives: '+19 00:00:00.000' },
    { sql: "(TIMESTAMP '2018-03-20 00:00:00' - TIMESTAMP '2017-01-31 00:00:00') MONTH", gives: '+1-01' },
  ],
  resolve(site) {
    const [first, second] = site.types;
    const unit = site.literals[2];
    if (first === undefined || second === undefined || !(unit instanceof ByteSlice)) return undefined;
    const zone = zoneOf(site);
    const [a, b] = [temporalReader(first, zone), temporalReader(second, zone)];
    if (a === undefined || b === undefined) return undefined;
    const months = /^(YEAR|MONTH)/.test(unit.toString());
    // Days between dates are days, however long the zone's were.
    const isDates = first.kind === 'date' && second.kind === 'date';
    const form = months || isDates ? 'local' : 'instant';
    const readA = a[form] as (value: unknown) => number;
    const readB = b[form] as (value: unknown) => number;
    return {
      args: [a.type, b.type, VARCHAR],
      returns: intervalType(months ? 'interval-month' : 'interval-day', unit.toString()),
      impl: {
        nulls: 'propagate',
        mayReturnNull: true,
        deterministic: true,
        kernel: (x: unknown, y: unknown) => {
          const [to, from] = [readA(x), readB(y)];
          if (Number.isNaN(to) || Number.isNaN(from)) return null;
          return months ? monthsBetween(from, to) : to - from;
        },
      },
    };
  },
});
