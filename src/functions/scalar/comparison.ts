import { ByteSlice } from '../../columnar/byte-slice.ts';
import { sameValues } from '../../columnar/nested/equality.ts';
import type { CallSite, ScalarBinding, ScalarFunction, ScalarImplementation } from '../../contracts/function.ts';
import { asDecimalType, commonType } from '../../types/coercion.ts';
import { layoutOf } from '../../types/layout.ts';
import { BOOLEAN, isNested, isNumeric, isString, VARCHAR, type SqlType } from '../../types/sql-type.ts';
import { pow10 } from '../../values/decimal.ts';
import { scalar } from '../define.ts';
import { compareSlices, slicesEqual } from './compare-kernels.ts';
import { plainImplementation } from './plain-binding.ts';

type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

const describe: Record<Comparison, string> = {
  '=': 'Whether the values are equal.',
  '<>': 'Whether the values differ.',
  '<': 'Whether `a` is smaller. Text is compared by bytes, which is code point order.',
  '<=': 'Whether `a` is smaller or equal.',
  '>': 'Whether `a` is greater.',
  '>=': 'Whether `a` is greater or equal.',
};

function comparison(op: Comparison, gives: boolean): ScalarFunction {
  return scalar({
    name: op,
    ...(op === '<>' ? { aliases: ['!='] } : {}),
    category: 'operator',
    syntax: [`a ${op} b`],
    doc: `${describe[op]} A text beside a number, date or time is converted to that type; NULL if either is NULL.`,
    examples: [{ sql: `1 ${op} 2`, gives: String(gives) }],
    resolve: (site) => resolveComparison(op, site),
  });
}

function distinctFrom(negated: boolean): ScalarFunction {
  const name = negated ? 'IS NOT DISTINCT FROM' : 'IS DISTINCT FROM';
  return scalar({
    name,
    category: 'operator',
    syntax: [`a ${name} b`],
    doc: `Whether the values are ${negated ? 'the same' : 'different'}, where NULL is the same as NULL. Never NULL.`,
    examples: [{ sql: `1 ${name} NULL`, gives: String(!negated) }],
    resolve(site) {
      const [a, b] = site.types;
      // Text that is no number would become NULL and be the same as NULL, so unlike types meet as text here.
      const asText = a !== undefined && b !== undefined && isString(a) !== isString(b);
      const text = asText ? commonType(site.types, 'values') : undefined;
      const types = text === undefined ? site.types : [text, text];
      const equal = resolveComparison('=', { ...site, types, literals: [] });
      if (equal === undefined) return undefined;
      const kernel = equal.impl.kernel as unknown as (a: unknown, b: unknown) => boolean;
      return {
        ...equal,
        impl: {
          nulls: 'custom',
          mayReturnNull: false,
          deterministic: true,
          kernel: (x: unknown, y: unknown) => (x === null || y === null ? x === y : kernel(x, y)) === negated,
        },
      };
    },
  });
}

export const comparisonOperators: readonly ScalarFunction[] = [
  comparison('=', false),
  comparison('<>', true),
  comparison('<', true),
  comparison('<=', true),
  comparison('>', false),
  comparison('>=', false),
  distinctFrom(false),
  distinctFrom(true),
];

/** The binding of a comparison: the type both sides are cast to and the code. */
export function resolveComparison(op: Comparison, site: CallSite): ScalarBinding | undefined {
  const [a, b] = site.types;
  if (a === undefined || b === undefined || site.types.length !== 2) return undefined;
  if (isNumeric(a) && isNumeric(b) && (a.kind === 'decimal' || b.kind === 'decimal')) {
    const [x, y] = [asDecimalType(a), asDecimalType(b)];
    // Compared at their own scales: a common DECIMAL could be too small for one of them.
    if (x !== undefined && y !== undefined) {
      return { args: [x, y], returns: BOOLEAN, impl: decimals(op, y.scale - x.scale) };
    }
  }
  const common = commonType([a, b], 'compare');
  if (common === undefined) return undefined;
  // Blanks at the end count: CHARs of two lengths are not brought to one.
  const type = common.kind === 'char' ? VARCHAR : common;
  if (isNested(type)) return compareNested(op, type);
  return { args: [type, type], returns: BOOLEAN, impl: compareAs(op, type, site) };
}

/** Nested values are equal or not, and have no order; inside them NULL equals NULL. */
function compareNested(op: Comparison, type: SqlType): ScalarBinding | undefined {
  if (op !== '=' && op !== '<>') return undefined;
  const same = sameValues(type);
  const kernel = op === '=' ? same : (a: ByteSlice, b: ByteSlice) => !same(a, b);
  return { args: [type, type], returns: BOOLEAN, impl: plainImplementation(kernel) };
}

function compareAs(op: Comparison, type: SqlType, site: CallSite): ScalarImplementation {
  if (layoutOf(type) === 'bytes') {
    const literal = site.literals[1];
    // The literal is in the type it is written in; only a text stays the same bytes when cast to the common type.
    const constant = literal instanceof ByteSlice && isString(site.types[1]!) && isString(site.types[0]!);
    return plainImplementation(constant ? constantBytesKernel(op, literal.toBytes()) : bytesKernel(op));
  }
  return plainImplementation(plainKernel(op), (a, b) => `(${a} ${symbols[op]} ${b})`);
}

const symbols: Record<Comparison, string> = {
  '=': '===',
  '<>': '!==',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

function plainKernel(op: Comparison): (a: number, b: number) => boolean {
  switch (op) {
    case '=':
      return (a, b) => a === b;
    case '<>':
      return (a, b) => a !== b;
    case '<':
      return (a, b) => a < b;
    case '<=':
      return (a, b) => a <= b;
    case '>':
      return (a, b) => a > b;
    case '>=':
      return (a, b) => a >= b;
  }
}

function bytesKernel(op: Comparison): (a: ByteSlice, b: ByteSlice) => boolean {
  switch (op) {
    case '=':
      return slicesEqual;
    case '<>':
      return (a, b) => !slicesEqual(a, b);
    case '<':
      return (a, b) => compareSlices(a, b) < 0;
    case '<=':
      return (a, b) => compareSlices(a, b) <= 0;
    case '>':
      return (a, b) => compareSlices(a, b) > 0;
    case '>=':
      return (a, b) => compareSlices(a, b) >= 0;
  }
}

/** Comparison with a literal: its bytes are constants of the kernel. */
function constantBytesKernel(op: Comparison, constant: Uint8Array): (a: ByteSlice, b: ByteSlice) => boolean {
  const size = constant.length;
  const equal = (a: ByteSlice): boolean => {
    if (a.length !== size) return false;
    const { bytes, offset } = a;
    for (let i = 0; i < size; i++) if (bytes[offset + i] !== constant[i]) return false;
    return true;
  };
  if (op === '=') return equal;
  if (op === '<>') return (a) => !equal(a);
  return bytesKernel(op);
}

/** @param shift digits the left side is brought up by (negative: the right side) */
function decimals(op: Comparison, shift: number): ScalarImplementation {
  const compare = plainKernel(op) as unknown as (a: bigint, b: bigint) => boolean;
  if (shift === 0) return plainImplementation(compare, (a, b) => `(${a} ${symbols[op]} ${b})`);
  const factor = pow10(Math.abs(shift));
  if (shift > 0) {
    return plainImplementation(
      (a: bigint, b: bigint) => compare(a * factor, b),
      (a, b) => `(${a} * ${factor}n ${symbols[op]} ${b})`,
    );
  }
  return plainImplementation(
    (a: bigint, b: bigint) => compare(a, b * factor),
    (a, b) => `(${a} ${symbols[op]} ${b} * ${factor}n)`,
  );
}
