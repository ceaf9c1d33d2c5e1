import type { CallSite, ScalarBinding, ScalarFunction, ScalarImplementation } from '../../contracts/function.ts';
import { asDecimalType } from '../../types/coercion.ts';
import {
  BIGINT,
  DOUBLE,
  FLOAT,
  isApproximate,
  isInteger,
  isNumeric,
  isString,
  type SqlType,
} from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { decimalOperation, decimalResult, divisionByZero } from './decimal-arithmetic.ts';
import { plainImplementation, type InlineText } from './plain-binding.ts';
import { resolveTemporalArithmetic } from './temporal-arithmetic.ts';

type Operator = '+' | '-' | '*' | '/' | '%';

const integerOrder = ['tinyint', 'smallint', 'int', 'bigint'];

const add = arithmetic(
  '+',
  'Sum. Integers wrap around, a DECIMAL that does not fit is NULL; also moves dates by intervals.',
  {
    sql: '1 + 2',
    gives: '3',
  },
);
const subtract = arithmetic('-', 'Difference; of two points in time an interval.', { sql: '5 - 7', gives: '-2' });
const multiply = arithmetic('*', 'Product. Integers wrap around.', { sql: '6 * 7', gives: '42' });
const divide = arithmetic(
  '/',
  'Quotient. Of two integers DOUBLE (`sql.compatibility` flink: an integer); DECIMAL division by zero fails.',
  { sql: '7 / 2', gives: '3.5' },
);
const modulo = arithmetic('%', 'Remainder with the sign of the dividend and the type of the divisor.', {
  sql: '-7 % 3',
  gives: '-1',
});

export const mod: ScalarFunction = { ...modulo, name: 'MOD', category: 'math', syntax: ['MOD(a, b)'] };

const negate = scalar({
  name: 'NEGATE',
  category: 'operator',
  syntax: ['-a'],
  doc: 'The number or interval with the other sign; the smallest integer stays itself.',
  examples: [{ sql: '-(1 + 2)', gives: '-3' }],
  resolve({ types: [type] }) {
    if (type === undefined) return undefined;
    if (type.kind === 'interval-day')
      return unary(
        type,
        (a) => `0 - ${a}`,
        (a: number) => 0 - a,
      );
    if (type.kind === 'interval-month')
      return unary(
        type,
        (a) => `(-${a} | 0)`,
        (a: number) => -a | 0,
      );
    if (type.kind === 'decimal')
      return unary(
        type,
        (a) => `-${a}`,
        (a: bigint) => -a,
      );
    if (type.kind === 'null')
      return unary(
        BIGINT,
        (a) => `BigInt.asIntN(64, -${a})`,
        (a: bigint) => BigInt.asIntN(64, -a),
      );
    if (!isNumeric(type)) return undefined;
    return unary(type, (a) => wrap(type, `-${a}`), negateKernel(type));
  },
});

export const arithmeticOperators: readonly ScalarFunction[] = [add, subtract, multiply, divide, modulo, negate];

function arithmetic(op: Operator, doc: string, example: { sql: string; gives: string }): ScalarFunction {
  return scalar({
    name: op,
    category: 'operator',
    syntax: [`a ${op} b`],
    doc,
    examples: [example],
    resolve: (site) => resolveArithmetic(op, site),
  });
}

/** The binding of `a op b`; a string counts as the number it meets, a NULL as the other operand's type. */
function resolveArithmetic(op: Operator, site: CallSite): ScalarBinding | undefined {
  let [a, b] = site.types;
  if (a === undefined || b === undefined || site.types.length !== 2) return undefined;
  const temporal = resolveTemporalArithmetic(op, a, b, site.context);
  if (temporal !== undefined) return temporal;
  a = operandType(a, b);
  b = operandType(b, a);
  if (!isNumeric(a) || !isNumeric(b)) return undefined;
  if (isApproximate(a) || isApproximate(b)) {
    // Beside an integer a FLOAT stays one in Flink and is a DOUBLE in Blink.
    const floats = [a, b].filter((one) => one.kind === 'float').length;
    const narrow =
      site.context.compatibility === 'flink'
        ? [a, b].every((one) => one.kind === 'float' || isInteger(one))
        : floats === 2;
    return binaryOf(floats > 0 && narrow ? FLOAT : DOUBLE, op);
  }
  if (isInteger(a) && isInteger(b)) return resolveIntegers(op, a, b, site);
  const [x, y] = [asDecimalType(a), asDecimalType(b)];
  if (x === undefined || y === undefined) return undefined;
  const returns = decimalResult(op, x, y, site.context.compatibility);
  return { args: [x, y], returns, impl: decimalOperation(op, x, y, returns) };
}

function operandType(type: SqlType, other: SqlType): SqlType {
  if (type.kind !== 'null' && !isString(type)) return type;
  if (isNumeric(other)) return other;
  return type.kind === 'null' && other.kind === 'null' ? BIGINT : DOUBLE;
}

function resolveIntegers(op: Operator, a: SqlType, b: SqlType, site: CallSite): ScalarBinding {
  const wider = integerOrder.indexOf(a.kind) >= integerOrder.indexOf(b.kind) ? a : b;
  if (op === '%') {
    // |a % b| < |b|: the remainder fits the divisor's type, whatever the dividend's.
    const kernel =
      wider.kind === 'bigint'
        ? b.kind === 'bigint'
          ? bigRemainder
          : (x: bigint, y: bigint): number => Number(bigRemainder(x, y))
        : smallRemainder;
    return { args: [wider, wider], returns: b, impl: plainImplementation(kernel) };
  }
  if (op !== '/') return binaryOf(wider, op);
  if (site.context.compatibility === 'blink') return binaryOf(DOUBLE, '/');
  return { args: [wider, wider], returns: wider, impl: plainImplementation(integerQuotient(wider)) };
}

/** Integer division that cuts the fraction; −min / −1 wraps. */
export function integerQuotient(type: SqlType): ScalarImplementation['kernel'] {
  if (type.kind === 'bigint') {
    return (a: bigint, b: bigint): bigint => {
      if (b === 0n) throw divisionByZero();
      return BigInt.asIntN(64, a / b);
    };
  }
  const shift = type.kind === 'tinyint' ? 24 : type.kind === 'smallint' ? 16 : 0;
  return (a: number, b: number): number => {
    if (b === 0) throw divisionByZero();
    return ((a / b) << shift) >> shift;
  };
}

function bigRemainder(a: bigint, b: bigint): bigint {
  if (b === 0n) throw divisionByZero();
  return a % b;
}

function smallRemainder(a: number, b: number): number {
  if (b === 0) throw divisionByZero();
  return (a % b) | 0;
}

/** Both operands and the result of one type. */
function binaryOf(type: SqlType, op: Operator): ScalarBinding {
  const inline: InlineText = (a, b) =>
    op === '*' && type.kind !== 'bigint' && isInteger(type)
      ? wrap(type, `Math.imul(${a}, ${b})`)
      : wrap(type, `${a} ${op} ${b}`);
  return { args: [type, type], returns: type, impl: plainImplementation(binaryKernel(type, op), inline) };
}

/** Source text that brings the exact result of an operation back into its type. */
function wrap(type: SqlType, expression: string): string {
  switch (type.kind) {
    case 'tinyint':
      return `((${expression}) << 24 >> 24)`;
    case 'smallint':
      return `((${expression}) << 16 >> 16)`;
    case 'int':
      return `((${expression}) | 0)`;
    case 'bigint':
      return `BigInt.asIntN(64, ${expression})`;
    case 'float':
      return `Math.fround(${expression})`;
    default:
      return `(${expression})`;
  }
}

function binaryKernel(type: SqlType, op: Operator): ScalarImplementation['kernel'] {
  if (type.kind === 'bigint') {
    switch (op) {
      case '+':
        return (a: bigint, b: bigint) => BigInt.asIntN(64, a + b);
      case '-':
        return (a: bigint, b: bigint) => BigInt.asIntN(64, a - b);
      default:
        return (a: bigint, b: bigint) => BigInt.asIntN(64, a * b);
    }
  }
  const fit = fitNumber(type);
  switch (op) {
    case '+':
      return (a: number, b: number) => fit(a + b);
    case '-':
      return (a: number, b: number) => fit(a - b);
    case '*':
      return isInteger(type) ? (a: number, b: number) => fit(Math.imul(a, b)) : (a: number, b: number) => fit(a * b);
    case '/':
      return (a: number, b: number) => fit(a / b);
    case '%':
      return (a: number, b: number) => fit(a % b);
  }
}

function negateKernel(type: SqlType): ScalarImplementation['kernel'] {
  if (type.kind === 'bigint') return (a: bigint) => BigInt.asIntN(64, -a);
  const fit = fitNumber(type);
  return (a: number) => fit(-a);
}

function fitNumber(type: SqlType): (value: number) => number {
  switch (type.kind) {
    case 'tinyint':
      return (value) => (value << 24) >> 24;
    case 'smallint':
      return (value) => (value << 16) >> 16;
    case 'int':
      return (value) => value | 0;
    case 'float':
      return Math.fround;
    default:
      return (value) => value;
  }
}

function unary(type: SqlType, inline: InlineText, kernel: ScalarImplementation['kernel']): ScalarBinding {
  return { args: [type], returns: type, impl: plainImplementation(kernel, inline) };
}
