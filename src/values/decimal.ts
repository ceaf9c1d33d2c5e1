/** Unscaled decimals as bigint: the value is `unscaled / 10^scale`. All rounding is half up, away from zero. */

const POWERS: bigint[] = [];
for (let i = 0, power = 1n; i <= 77; i++, power *= 10n) POWERS.push(power);

/** 10^n for n ≥ 0; up to 77 from a table (the widest product of two DECIMAL(38) has 76 digits). */
export function pow10(n: number): bigint {
  return POWERS[n] ?? 10n ** BigInt(n);
}

/** Whether the unscaled value has at most `precision` digits. */
export function fitsPrecision(unscaled: bigint, precision: number): boolean {
  const limit = pow10(precision);
  return unscaled < limit && -unscaled < limit;
}

/** `dividend / divisor` rounded half up (away from zero); the divisor is not 0. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

/** The same value at another scale, rounded half up when digits go. */
export function rescale(unscaled: bigint, from: number, to: number): bigint {
  if (to === from) return unscaled;
  return to > from ? unscaled * pow10(to - from) : divideHalfUp(unscaled, pow10(from - to));
}

/** The same value at another scale, the digits that go cut toward zero. */
export function truncateScale(unscaled: bigint, from: number, to: number): bigint {
  return to >= from ? unscaled * pow10(to - from) : unscaled / pow10(from - to);
}

/** `rescale`, or null when the result has more than `precision` digits. */
export function rescaleChecked(unscaled: bigint, from: number, to: number, precision: number): bigint | null {
  const value = rescale(unscaled, from, to);
  return fitsPrecision(value, precision) ? value : null;
}

/** The quotient at `scale`, rounded half up, or null when it has more than `precision` digits; b is not 0. */
export function divideDecimals(
  a: bigint,
  aScale: number,
  b: bigint,
  bScale: number,
  result: { readonly precision: number; readonly scale: number },
): bigint | null {
  // a / 10^aScale : b / 10^bScale = a · 10^(bScale − aScale + scale) / b at the scale of the result
  const shift = bScale - aScale + result.scale;
  const quotient = shift >= 0 ? divideHalfUp(a * pow10(shift), b) : divideHalfUp(a, b * pow10(-shift));
  return fitsPrecision(quotient, result.precision) ? quotient : null;
}

/** The double nearest to the value. */
export function decimalToNumber(unscaled: bigint, scale: number): number {
  // Two exact operands give one correctly rounded quotient.
  if (scale <= 22 && unscaled >= -9007199254740991n && unscaled <= 9007199254740991n) {
    return Number(unscaled) / Number(pow10(scale));
  }
  return Number(decimalToString(unscaled, scale));
}

/**
 * The unscaled value of a double at `scale`, taken from its shortest decimal digits (as Java's `BigDecimal.valueOf`)
 * and rounded half up; null when it is not finite or has more than `precision` digits.
 */
export function numberToDecimal(value: number, precision: number, scale: number): bigint | null {
  if (!Number.isFinite(value)) return null;
  if (Number.isInteger(value) && Math.abs(value) <= 9007199254740991) {
    const scaled = BigInt(value) * pow10(scale);
    return fitsPrecision(scaled, precision) ? scaled : null;
  }
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (match === null) return null;
  const fraction = match[3] ?? '';
  const power = Number(match[4] ?? '0') - fraction.length;
  const digits = BigInt((match[2] ?? '') + fraction);
  if (power + scale < -80) return 0n;
  const unscaled = power + scale >= 0 ? digits * pow10(power + scale) : divideHalfUp(digits, pow10(-power - scale));
  if (!fitsPrecision(unscaled, precision)) return null;
  return match[1] === '-' ? -unscaled : unscaled;
}

/** `-12.30`: plain digits, always `scale` of them after the point. */
export function decimalToString(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const split = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, split)}.${digits.slice(split)}`;
}
