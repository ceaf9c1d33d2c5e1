import type { ScalarFunction } from '../../contracts/function.ts';
import { BOOLEAN, DOUBLE } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { inlineForm } from './plain-binding.ts';

/** A function of one number on doubles; `source` is its code with the argument as `x`. */
function unary(
  name: string,
  doc: string,
  example: readonly [sql: string, gives: string],
  kernel: (x: number) => number,
  source: (x: string) => string,
): ScalarFunction {
  return scalar({
    name,
    category: 'math',
    syntax: [`${name}(x)`],
    doc: `${doc}. DOUBLE; NaN outside the domain.`,
    examples: [{ sql: example[0], gives: example[1] }],
    overloads: [{ params: ['double'], returns: DOUBLE, kernel, inline: inlineForm((x) => source(x)) }],
  });
}

type MathName =
  'acos' | 'asin' | 'atan' | 'cos' | 'cosh' | 'exp' | 'log10' | 'log2' | 'sin' | 'sinh' | 'sqrt' | 'tan' | 'tanh';

function mathFunction(name: MathName): (x: number) => number {
  const functions: Readonly<Record<MathName, (x: number) => number>> = Math;
  return functions[name];
}

/** A function of JavaScript's Math of the same (lower-case) name. */
function ofMath(name: MathName, doc: string, example: readonly [string, string]): ScalarFunction {
  const kernel = mathFunction(name);
  return unary(name.toUpperCase(), doc, example, kernel, (x) => `Math.${name}(${x})`);
}

function constant(name: string, value: number, doc: string): ScalarFunction {
  return scalar({
    name,
    category: 'math',
    syntax: [`${name}()`],
    doc,
    examples: [{ sql: `${name}()`, gives: String(value) }],
    overloads: [{ params: [], returns: DOUBLE, kernel: () => value }],
  });
}

// Java multiplies by these, so that the last digit is the same.
const RADIANS_PER_DEGREE = 0.017453292519943295;
const DEGREES_PER_RADIAN = 57.29577951308232;

export const doubleMath: readonly ScalarFunction[] = [
  ofMath('acos', 'Arc cosine', ['ACOS(1)', '0.0']),
  ofMath('asin', 'Arc sine', ['ASIN(0)', '0.0']),
  ofMath('atan', 'Arc tangent', ['ATAN(0)', '0.0']),
  ofMath('cos', 'Cosine', ['COS(0)', '1.0']),
  ofMath('cosh', 'Hyperbolic cosine', ['COSH(0)', '1.0']),
  ofMath('sin', 'Sine', ['SIN(0)', '0.0']),
  ofMath('sinh', 'Hyperbolic sine', ['SINH(0)', '0.0']),
  ofMath('tan', 'Tangent', ['TAN(0)', '0.0']),
  ofMath('tanh', 'Hyperbolic tangent', ['TANH(0)', '0.0']),
  ofMath('exp', 'e to the power of x', ['EXP(0)', '1.0']),
  ofMath('sqrt', 'Square root', ['SQRT(16)', '4.0']),
  ofMath('log2', 'Logarithm to the base 2', ['LOG2(8)', '3.0']),
  ofMath('log10', 'Logarithm to the base 10', ['LOG10(100)', '2.0']),
  unary('LN', 'Natural logarithm; of 0 it is -Infinity', ['LN(1)', '0.0'], Math.log, (x) => `Math.log(${x})`),
  unary(
    'COT',
    'Cotangent',
    ['ROUND(COT(1), 3)', '0.642'],
    (x) => 1 / Math.tan(x),
    (x) => `(1 / Math.tan(${x}))`,
  ),
  unary(
    'DEGREES',
    'Radians in degrees',
    ['DEGREES(PI())', '180.0'],
    (x) => x * DEGREES_PER_RADIAN,
    (x) => `(${x} * ${DEGREES_PER_RADIAN})`,
  ),
  unary(
    'RADIANS',
    'Degrees in radians',
    ['ROUND(RADIANS(180), 3)', '3.142'],
    (x) => x * RADIANS_PER_DEGREE,
    (x) => `(${x} * ${RADIANS_PER_DEGREE})`,
  ),
  scalar({
    name: 'LOG',
    category: 'math',
    syntax: ['LOG(x)', 'LOG(base, x)'],
    doc: 'Natural logarithm, or the one to a base. DOUBLE; NaN outside the domain.',
    examples: [{ sql: 'LOG(10, 100)', gives: '2.0' }],
    overloads: [
      { params: ['double'], returns: DOUBLE, kernel: Math.log, inline: inlineForm((x) => `Math.log(${x})`) },
      {
        params: ['double', 'double'],
        returns: DOUBLE,
        kernel: (base: number, x: number) => Math.log(x) / Math.log(base),
        inline: inlineForm((base, x) => `(Math.log(${x}) / Math.log(${base}))`),
      },
    ],
  }),
  scalar({
    name: 'POWER',
    aliases: ['POW'],
    category: 'math',
    syntax: ['POWER(x, y)'],
    doc: 'x to the power of y. DOUBLE.',
    examples: [{ sql: 'POWER(2, 4)', gives: '16.0' }],
    overloads: [
      {
        params: ['double', 'double'],
        returns: DOUBLE,
        kernel: (x: number, y: number) => x ** y,
        inline: inlineForm((x, y) => `Math.pow(${x}, ${y})`),
      },
    ],
  }),
  scalar({
    name: 'ATAN2',
    category: 'math',
    syntax: ['ATAN2(y, x)'],
    doc: 'The angle of the point (x, y). DOUBLE.',
    examples: [{ sql: 'ATAN2(0, 1)', gives: '0.0' }],
    overloads: [
      {
        params: ['double', 'double'],
        returns: DOUBLE,
        kernel: Math.atan2,
        inline: inlineForm((y, x) => `Math.atan2(${y}, ${x})`),
      },
    ],
  }),
  scalar({
    name: 'ISNAN',
    aliases: ['IS_NAN'],
    category: 'math',
    syntax: ['ISNAN(x)'],
    doc: 'Whether x is not a number.',
    examples: [{ sql: 'ISNAN(SQRT(-1))', gives: 'true' }],
    overloads: [
      {
        params: ['double'],
        returns: BOOLEAN,
        kernel: (x: number) => x !== x,
        inline: inlineForm((x) => `(${x} !== ${x})`),
      },
    ],
  }),
  constant('E', Math.E, "Euler's number."),
  constant('PI', Math.PI, 'The ratio of a circle to its diameter.'),
];
