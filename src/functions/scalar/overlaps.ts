import { BOOLEAN, isTemporal, type SqlType } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { resolveTemporalArithmetic } from './temporal-arithmetic.ts';
import { commonType } from '../../types/coercion.ts';

/** Milliseconds, or nanoseconds of a TIMESTAMP(4 … 9). */
type Point = number | bigint;

export const overlaps = scalar({
  name: 'OVERLAPS',
  category: 'datetime',
  syntax: ['(start1, end1) OVERLAPS (start2, end2)'],
  doc: 'Whether two periods share a point in time; an end may be given as the length of its period, and ends may come first.',
  examples: [
    {
      sql: "(DATE '2011-03-10', INTERVAL '10' DAY) OVERLAPS (DATE '2011-03-19', INTERVAL '10' DAY)",
      gives: 'true',
    },
  ],
  resolve(site) {
    const [s1, e1, s2, e2] = site.types;
    if (s1 === undefined || e1 === undefined || s2 === undefined || e2 === undefined || site.types.length !== 4) {
      return undefined;
    }
    const type = commonType([s1, s2].concat([e1, e2].filter((end) => !isLength(end))), 'compare');
    if (type === undefined || !isTemporal(type)) return undefined;
    const firstEnd = endOf(type, e1);
    const secondEnd = endOf(type, e2);
    if (firstEnd === undefined || secondEnd === undefined) return undefined;
    return {
      args: [type, isLength(e1) ? e1 : type, type, isLength(e2) ? e2 : type],
      returns: BOOLEAN,
      impl: {
        nulls: 'propagate',
        mayReturnNull: false,
        deterministic: true,
        kernel: (a: Point, b: Point, c: Point, d: Point) => {
          const end1 = firstEnd(a, b);
          const end2 = secondEnd(c, d);
          return (
            (a <= c || a <= end2 || end1 <= c || end1 <= end2) && (c <= a || c <= end1 || end2 <= a || end2 <= end1)
          );
        },
      },
    };

    function endOf(start: SqlType, end: SqlType): ((from: Point, to: Point) => Point) | undefined {
      if (!isLength(end)) return (_from, to) => to;
      const sum = resolveTemporalArithmetic('+', start, end, site.context);
      return sum?.impl.kernel as ((from: Point, by: Point) => Point) | undefined;
    }
  },
});

function isLength(type: SqlType): boolean {
  return type.kind === 'interval-day' || type.kind === 'interval-month';
}
