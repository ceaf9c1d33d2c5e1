import type { ByteSlice } from '../../columnar/byte-slice.ts';
import type { CallSite, ScalarBinding, ScalarFunction, ScalarImplementation } from '../../contracts/function.ts';
import { commonType } from '../../types/coercion.ts';
import { layoutOf } from '../../types/layout.ts';
import { BOOLEAN, isNested, isString, VARCHAR, type SqlType } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { comparatorOf } from './compare-kernels.ts';
import { resolveComparison } from './comparison.ts';

type Kernel = ScalarImplementation['kernel'];

/** A function that picks one of its arguments: `pick` gives the chosen one, or null. */
function picking(
  args: readonly SqlType[],
  returns: SqlType,
  pick: (...values: unknown[]) => unknown,
  lazy?: 'if' | 'coalesce',
): ScalarBinding {
  const kernel: Kernel =
    layoutOf(returns) === 'bytes'
      ? (out: ByteSlice, ...values: unknown[]) => {
          const picked = pick(...values);
          if (picked === null) return false;
          out.alias(picked as ByteSlice);
          return true;
        }
      : pick;
  const impl = { nulls: 'custom', mayReturnNull: true, deterministic: true, kernel } as const;
  return { args, returns, impl: lazy === undefined ? impl : { ...impl, lazy } };
}

function firstPresent(name: string, exactly: number | undefined, example: readonly [string, string]): ScalarFunction {
  return scalar({
    name,
    category: 'logic',
    syntax: [exactly === undefined ? `${name}(a, …)` : `${name}(a, b)`],
    doc: 'The first argument that is not NULL.',
    examples: [{ sql: example[0], gives: example[1] }],
    resolve({ types, context }) {
      if (types.length === 0 || (exactly !== undefined && types.length !== exactly)) return undefined;
      const common = commonType(types, 'values');
      if (common === undefined) return undefined;
      // Blink makes a CASE of it, which pads CHAR; in Flink it is a function of its own, which does not.
      const type = common.kind === 'char' && context.compatibility === 'flink' ? VARCHAR : common;
      const args = types.map(() => type);
      if (types.length === 2) return picking(args, type, (a, b) => a ?? b, 'coalesce');
      return picking(
        args,
        type,
        (...values) => {
          for (const value of values) if (value !== null) return value;
          return null;
        },
        'coalesce',
      );
    },
  });
}

const choose = scalar({
  name: 'IF',
  category: 'logic',
  syntax: ['IF(condition, a, b)'],
  doc: '`a` where the condition is TRUE, else `b`. Values of unlike types become text.',
  examples: [{ sql: "IF(1 < 2, 'yes', 'no')", gives: 'yes' }],
  resolve({ types: [condition, a, b, ...rest] }) {
    if (condition === undefined || a === undefined || b === undefined || rest.length > 0) return undefined;
    if (condition.kind !== 'boolean' && condition.kind !== 'null') return undefined;
    const type = commonType([a, b], 'values') ?? VARCHAR;
    // Not padded to one length: what a CHAR literal loses by VARCHAR is only its blanks.
    const result = type.kind === 'char' ? VARCHAR : type;
    return picking([BOOLEAN, result, result], result, (c, x, y) => (c === true ? x : y), 'if');
  },
});

const nullIf = scalar({
  name: 'NULLIF',
  category: 'logic',
  syntax: ['NULLIF(a, b)'],
  doc: 'NULL where both are equal, else `a`.',
  examples: [
    { sql: 'NULLIF(5, 0)', gives: '5' },
    { sql: 'NULLIF(0, 0)', gives: null },
  ],
  resolve(site) {
    // CHAR counts as VARCHAR: `a` comes back as it is, not padded to the length of `b`.
    const types = site.types.map((one) => (one.kind === 'char' ? VARCHAR : one));
    const equal = resolveComparison('=', { ...site, types, literals: [] });
    const [type] = equal?.args ?? [];
    if (equal === undefined || type === undefined) return undefined;
    const kernel = equal.impl.kernel as unknown as (a: unknown, b: unknown) => boolean;
    return picking(equal.args, type, (a, b) => (a === null || (b !== null && kernel(a, b)) ? null : a));
  },
});

function extreme(name: 'GREATEST' | 'LEAST', sign: 1 | -1, gives: string): ScalarFunction {
  return scalar({
    name,
    category: 'logic',
    syntax: [`${name}(a, …)`],
    doc: `The ${sign === 1 ? 'greatest' : 'smallest'} argument; NULL if any is NULL.`,
    examples: [{ sql: `${name}(3, 1, 2)`, gives }],
    resolve(site) {
      const type = alike(site);
      if (type === undefined) return undefined;
      const compare = comparatorOf(type) as unknown as (a: unknown, b: unknown) => number;
      return picking(
        site.types.map(() => type),
        type,
        (...values) => {
          let best = values[0];
          for (const value of values) {
            if (value === null) return null;
            if (compare(value, best) * sign > 0) best = value;
          }
          return best;
        },
      );
    },
  });
}

/** The common type of arguments that are all text or all not: a text beside a number has no order with it. */
function alike({ types }: CallSite): SqlType | undefined {
  const known = types.filter((type) => type.kind !== 'null');
  if (types.length === 0 || (known.some(isString) && !known.every(isString))) return undefined;
  const type = commonType(types, 'values');
  if (type !== undefined && isNested(type)) return undefined;
  return type?.kind === 'char' ? VARCHAR : type;
}

export const conditionalFunctions: readonly ScalarFunction[] = [
  firstPresent('COALESCE', undefined, ["COALESCE(NULL, 'a')", 'a']),
  extreme('GREATEST', 1, '3'),
  choose,
  firstPresent('IFNULL', 2, ["IFNULL(NULL, 'a')", 'a']),
  extreme('LEAST', -1, '1'),
  nullIf,
];
