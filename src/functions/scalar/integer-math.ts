import type { CallSite, ScalarFunction, ScalarImplementation } from '../../contracts/function.ts';
import { asDecimalType } from '../../types/coercion.ts';
import { BIGINT, DOUBLE, INT, decimal, isApproximate, isInteger, isNumeric } from '../../types/sql-type.ts';
import { pow10 } from '../../values/decimal.ts';
import { scalar } from '../define.ts';
import { integerQuotient } from './arithmetic.ts';
import { decimalOperation, decimalResult, divisionByZero } from './decimal-arithmetic.ts';
import { plainBinding } from './plain-binding.ts';

type Kernel = ScalarImplementation['kernel'];

const order = ['tinyint', 'smallint', 'int', 'bigint'];

function bitwise(name: string, symbol: '&' | '|' | '^', what: string, gives: string): ScalarFunction {
  const small: Kernel =
    symbol === '&'
      ? (a: number, b: number) => a & b
      : symbol === '|'
        ? (a: number, b: number) => a | b
        : (a: number, b: number) => a ^ b;
  const big: Kernel =
    symbol === '&'
      ? (a: bigint, b: bigint) => a & b
      : symbol === '|'
        ? (a: bigint, b: bigint) => a | b
        : (a: bigint, b: bigint) => a ^ b;
  return scalar({
    name,
    category: 'math',
    syntax: [`${name}(a, b)`],
    doc: `Bitwise ${what} of two integers, of the wider type.`,
    examples: [{ sql: `${name}(12, 10)`, gives }],
    resolve({ types }) {
      const [a, b] = types.map((type) => (type.kind === 'null' ? INT : type));
      if (a === undefined || b === undefined || types.length !== 2 || !isInteger(a) || !isInteger(b)) return undefined;
      const wider = order.indexOf(a.kind) >= order.indexOf(b.kind) ? a : b;
      return plainBinding(
        [wider, wider],
        wider,
        wider.kind === 'bigint' ? big : small,
        (x, y) => `(${x} ${symbol} ${y})`,
      );
    },
  });
}

const bitNot = scalar({
  name: 'BITNOT',
  category: 'math',
  syntax: ['BITNOT(a)'],
  doc: 'All bits of an integer turned over.',
  examples: [{ sql: 'BITNOT(7)', gives: '-8' }],
  resolve({ types: [type, ...rest] }) {
    const of = type?.kind === 'null' ? INT : type;
    if (of === undefined || rest.length > 0 || !isInteger(of)) return undefined;
    const kernel: Kernel = of.kind === 'bigint' ? (a: bigint) => ~a : (a: number) => ~a;
    return plainBinding([of], of, kernel, (a) => `(~${a})`);
  },
});

const absolute = scalar({
  name: 'ABS',
  category: 'math',
  syntax: ['ABS(x)'],
  doc: 'The value without its sign, of the type of x; the smallest integer stays itself.',
  examples: [{ sql: 'ABS(-43)', gives: '43' }],
  resolve({ types: [given, ...rest] }) {
    const type = given?.kind === 'null' ? DOUBLE : given;
    if (type === undefined || rest.length > 0) return undefined;
    switch (type.kind) {
      case 'bigint':
        return plainBinding(
          [type],
          type,
          (x: bigint) => (x < 0n ? BigInt.asIntN(64, -x) : x),
          (x) => `(${x} < 0n ? BigInt.asIntN(64, -${x}) : ${x})`,
        );
      case 'decimal':
        return plainBinding(
          [type],
          type,
          (x: bigint) => (x < 0n ? -x : x),
          (x) => `(${x} < 0n ? -${x} : ${x})`,
        );
      case 'tinyint':
      case 'smallint':
      case 'interval-month':
      case 'int': {
        const shift = type.kind === 'tinyint' ? 24 : type.kind === 'smallint' ? 16 : 0;
        return plainBinding(
          [type],
          type,
          (x: number) => (Math.abs(x) << shift) >> shift,
          (x) => `(Math.abs(${x}) << ${shift} >> ${shift})`,
        );
      }
      case 'float':
      case 'double':
      case 'interval-day':
        return plainBinding([type], type, Math.abs, (x) => `Math.abs(${x})`);
      default:
        return undefined;
    }
  },
});

const sign = scalar({
  name: 'SIGN',
  category: 'math',
  syntax: ['SIGN(x)'],
  doc: '-1, 0 or 1 in the type of x.',
  examples: [{ sql: 'SIGN(-1.1)', gives: '-1.0' }],
  resolve({ types: [given, ...rest] }) {
    const type = given?.kind === 'null' ? DOUBLE : given;
    if (type === undefined || rest.length > 0 || !isNumeric(type)) return undefined;
    if (type.kind === 'decimal') {
      const one = pow10(type.scale);
      // A DECIMAL without digits before the point has no room for 1.
      const returns =
        type.precision > type.scale ? type : decimal(Math.min(38, type.precision + 1), Math.min(37, type.scale));
      const unit = returns.scale === type.scale ? one : pow10(returns.scale);
      return plainBinding([type], returns, (x: bigint) => (x > 0n ? unit : x < 0n ? -unit : 0n));
    }
    if (type.kind === 'bigint') return plainBinding([type], type, (x: bigint) => (x > 0n ? 1n : x < 0n ? -1n : 0n));
    return plainBinding([type], type, Math.sign, (x) => `Math.sign(${x})`);
  },
});

const div = scalar({
  name: 'DIV',
  category: 'math',
  syntax: ['DIV(a, b)'],
  doc: 'The whole part of the quotient. Division by zero fails.',
  examples: [
    { sql: 'DIV(7.9, 2.009)', gives: '3' },
    { sql: 'DIV(-7.9, 2)', gives: '-3' },
  ],
  resolve: (site: CallSite) => {
    const [a, b] = site.types.map((type) => (type.kind === 'null' ? BIGINT : type));
    if (a === undefined || b === undefined || site.types.length !== 2 || !isNumeric(a) || !isNumeric(b))
      return undefined;
    if (isApproximate(a) || isApproximate(b)) {
      return plainBinding([DOUBLE, DOUBLE], DOUBLE, (x: number, y: number) => {
        if (y === 0) throw divisionByZero();
        return Math.trunc(x / y);
      });
    }
    if (isInteger(a) && isInteger(b)) {
      const wider = order.indexOf(a.kind) >= order.indexOf(b.kind) ? a : b;
      return plainBinding([wider, wider], wider, integerQuotient(wider));
    }
    const [x, y] = [asDecimalType(a), asDecimalType(b)];
    if (x === undefined || y === undefined) return undefined;
    const returns = decimalResult('DIV', x, y, site.context.compatibility);
    return { args: [x, y], returns, impl: decimalOperation('DIV', x, y, returns) };
  },
});

export const integerMath: readonly ScalarFunction[] = [
  absolute,
  bitwise('BITAND', '&', 'AND', '8'),
  bitNot,
  bitwise('BITOR', '|', 'OR', '14'),
  bitwise('BITXOR', '^', 'exclusive OR', '6'),
  div,
  sign,
];
