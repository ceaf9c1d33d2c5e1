/**
 * Java's `Double.toString` notation over the shortest digits that read back as the same number: plain from 10^-3 up to
 * below 10^7, else `1.2345678912345679E8`; always at least one digit after the point.
 */
export function formatDouble(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (!Number.isFinite(value)) return value === value ? (value > 0 ? 'Infinity' : '-Infinity') : 'NaN';
  return javaNotation(Math.abs(value) < 1e-322 ? value.toPrecision(2) : String(value));
}

// Of the smallest numbers one digit would do; Java gives two, 4.9E-324 and 1.4E-45.

/** `formatDouble` with the digits that a 32-bit float needs (Java's `Float.toString`). */
export function formatFloat(value: number): string {
  const float = Math.fround(value);
  if (float === 0 || !Number.isFinite(float)) return formatDouble(float);
  if (Math.abs(float) < 1e-44) return javaNotation(String(Number(float.toPrecision(2))));
  // 9 digits always suffice for a float; most need fewer.
  for (let digits = 1; digits < 9; digits++) {
    const text = float.toPrecision(digits);
    if (Math.fround(Number(text)) === float) return javaNotation(String(Number(text)));
  }
  return javaNotation(String(Number(float.toPrecision(9))));
}

/** From the notation of JavaScript, which has the same digits but other thresholds. */
function javaNotation(text: string): string {
  const negative = text.startsWith('-');
  const start = negative ? 1 : 0;
  const mark = text.indexOf('e');
  const plain = mark < 0 ? text.slice(start) : text.slice(start, mark);
  let exponent = mark < 0 ? 0 : Number(text.slice(mark + 1));
  const point = plain.indexOf('.');
  let digits = point < 0 ? plain : plain.slice(0, point) + plain.slice(point + 1);
  // value = 0.digits · 10^exponent
  exponent += point < 0 ? plain.length : point;
  let zeros = 0;
  while (digits.charCodeAt(zeros) === 0x30) zeros++;
  digits = digits.slice(zeros);
  exponent -= zeros;
  let length = digits.length;
  while (length > 1 && digits.charCodeAt(length - 1) === 0x30) length--;
  digits = digits.slice(0, length);

  const sign = negative ? '-' : '';
  if (exponent > -3 && exponent <= 7) {
    if (exponent <= 0) return `${sign}0.${'0'.repeat(-exponent)}${digits}`;
    if (digits.length <= exponent) return `${sign}${digits.padEnd(exponent, '0')}.0`;
    return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
  }
  const fraction = digits.length > 1 ? digits.slice(1) : '0';
  return `${sign}${digits.charAt(0)}.${fraction}E${exponent - 1}`;
}
